using System.Reflection;
using KdRl.Rollouts;

namespace KdRl.Tests.Training;

/// <summary>Sampling options of which none has its default, those of tomorrow included.</summary>
internal static class Samplings
{
    private static readonly PropertyInfo[] Properties = typeof(SamplingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>Every public property differs from that of new options; one of a type that is not known here fails the test, so that it is added.</summary>
    public static SamplingOptions Unusual()
    {
        var options = new SamplingOptions();
        foreach (var property in Properties) property.SetValue(options, Other(property, property.GetValue(options)));
        Assert.Equal(Properties.Select(p => p.Name).Order(), Different(new SamplingOptions(), options).Order());
        return options;
    }

    /// <summary>Names of the public properties in which two differ.</summary>
    public static IEnumerable<string> Different(SamplingOptions one, SamplingOptions other) =>
        Properties.Where(p => !Equals(p.GetValue(one), p.GetValue(other))).Select(p => p.Name);

    private static object Other(PropertyInfo property, object? value) => value switch
    {
        int number => number + 3,
        long number => number + 3,
        double number => number / 2 + 0.125,
        _ when property.PropertyType == typeof(int[]) => new[] { 0 },
        _ when property.PropertyType == typeof(string[]) => new[] { "stop" },
        null => Activator.CreateInstance(property.PropertyType)!,
        _ => throw new NotSupportedException($"{property.Name} is {property.PropertyType}; add a value of this type that is not the default."),
    };
}
