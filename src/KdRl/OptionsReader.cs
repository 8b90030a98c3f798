using Microsoft.Extensions.Configuration;

namespace KdRl;

/// <summary>Reads options from configuration. What it cannot use is an error that names its place, never silence.</summary>
internal static class OptionsReader
{
    /// <exception cref="InvalidOperationException">A key is unknown, a section that would turn something on is empty, or a value cannot be read.</exception>
    public static T Read<T>(IConfiguration configuration)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (Faults(configuration, new T()).FirstOrDefault() is { } fault) throw new InvalidOperationException(fault);
        var options = new T();
        try { configuration.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true); }
        catch (InvalidOperationException error)
        {
            // The binder wraps what it has to say; the innermost of its own exceptions names value and place.
            var cause = error;
            while (cause.InnerException is InvalidOperationException inner) cause = inner;
            throw new InvalidOperationException(cause.Message, error);
        }

        return options;
    }

    /// <summary>What the binder would pass over, or complain about without saying where.</summary>
    /// <param name="section">The section of these options.</param>
    /// <param name="defaults">The options as they are without configuration.</param>
    private static IEnumerable<string> Faults(IConfiguration section, object defaults)
    {
        var properties = defaults.GetType().GetProperties();
        foreach (var child in section.GetChildren())
        {
            if (properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } property)
            {
                yield return $"{child.Path} is no option; expected one of {string.Join(", ", properties.Select(p => p.Name))}.";
                continue;
            }

            var type = property.PropertyType;
            if (IsOptions(type))
            {
                if (property.GetValue(defaults) is null && IsEmpty(child)) yield return Empty(child, type);
                foreach (var fault in Faults(child, Activator.CreateInstance(type)!)) yield return fault;
            }
            else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>) && IsOptions(type.GetGenericArguments()[1]))
            {
                var inner = type.GetGenericArguments()[1];
                foreach (var entry in child.GetChildren())
                {
                    if (IsEmpty(entry)) yield return Empty(entry, inner);
                    foreach (var fault in Faults(entry, Activator.CreateInstance(inner)!)) yield return fault;
                }
            }
        }
    }

    /// <summary>A class of options of this library, as against numbers, texts, lists and what code alone can give.</summary>
    private static bool IsOptions(Type type) => type.IsClass && type.Assembly == typeof(OptionsReader).Assembly && type.GetConstructor(Type.EmptyTypes) is not null;

    // In JSON {} and null cannot be told apart here.
    private static bool IsEmpty(IConfigurationSection section) => string.IsNullOrEmpty(section.Value) && !section.GetChildren().Any();

    private static string Empty(IConfigurationSection section, Type type) =>
        $"{section.Path} is empty and would have no effect; expected some of {string.Join(", ", type.GetProperties().Select(p => p.Name))}, or leave it out.";
}
