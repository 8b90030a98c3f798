using System.Text.Json;
using System.Text.Unicode;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Reads JSON files whose root is an object.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="InvalidDataException">The content is not one JSON object with distinct names.</exception>
    public static JsonElement Read(string path) => Parse(path, PlainFile.ReadAllBytes(path));

    /// <param name="path">Named in errors.</param>
    /// <param name="content">UTF-8, with or without a byte-order mark.</param>
    public static JsonElement Parse(string path, ReadOnlyMemory<byte> content)
    {
        if (content.Span.StartsWith("\uFEFF"u8)) content = content[3..];
        // The parser leaves this to whoever reads a string.
        if (!Utf8.IsValid(content.Span)) throw new InvalidDataException($"{path}: is not UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(content, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{path}: is a JSON {document.RootElement.ValueKind}; expected an object.");
            return document.RootElement.Clone();
        }
        // A lone surrogate in a name surfaces as InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: is not JSON: {e.Message}", e);
        }
    }
}
