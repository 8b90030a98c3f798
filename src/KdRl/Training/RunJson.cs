using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KdRl.Training;

/// <summary>How files of a run are written as JSON. Non-finite numbers stay visible, as the strings NaN, Infinity and -Infinity.</summary>
internal static class RunJson
{
    /// <summary>One object a line.</summary>
    public static JsonSerializerOptions Line { get; } = Create(indented: false, JsonNamingPolicy.SnakeCaseLower);

    /// <summary>For people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true, JsonNamingPolicy.SnakeCaseLower);

    /// <summary>Options, under the names of their properties, as a configuration file would give them.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: true, naming: null);

    private static JsonSerializerOptions Create(bool indented, JsonNamingPolicy? naming) => new()
    {
        WriteIndented = indented,
        PropertyNamingPolicy = naming,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(), new InterfaceConverter() },
    };

    /// <summary>Writes what stands behind an interface (a schedule, a gate) as its type name and its own public properties.</summary>
    private sealed class InterfaceConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert.IsInterface && typeToConvert.Namespace?.StartsWith(nameof(KdRl), StringComparison.Ordinal) == true;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Writer<>).MakeGenericType(typeToConvert))!;

        private sealed class Writer<T> : JsonConverter<T>
        {
            public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                throw new NotSupportedException($"{typeToConvert.Name} is written for people and is not read back.");

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
            {
                writer.WriteStartObject();
                writer.WriteString("type", value!.GetType().FullName);
                foreach (var property in value.GetType().GetProperties().Where(p => p.GetMethod is { IsStatic: false } && p.GetIndexParameters().Length == 0))
                {
                    writer.WritePropertyName(options.PropertyNamingPolicy?.ConvertName(property.Name) ?? property.Name);
                    JsonSerializer.Serialize(writer, property.GetValue(value), property.PropertyType, options);
                }

                writer.WriteEndObject();
            }
        }
    }
}
