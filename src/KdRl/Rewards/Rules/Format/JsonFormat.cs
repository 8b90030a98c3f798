using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>Finds the JSON that a response is asked to be.</summary>
public static class JsonFormat
{
    /// <summary>The most characters that are parsed when nothing else is said.</summary>
    public const int DefaultMaxLength = 100_000;

    /// <summary>The deepest nesting that is parsed.</summary>
    public const int MaxDepth = 64;

    private const string Fence = "```";

    /// <summary>Parses a response that is one JSON value, bare or in a single fenced block (<c>```</c> or <c>```json</c>), and nothing else.</summary>
    /// <param name="text">The response, or its part after the reasoning.</param>
    /// <param name="document">The value, to be disposed; null when there is none.</param>
    /// <param name="maxLength">The most characters that are parsed; a longer text has no value.</param>
    /// <remarks>RFC 8259: no comments, no trailing commas, no NaN; names may repeat.</remarks>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonDocument? document, int maxLength = DefaultMaxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        document = null;
        if (text.Length > maxLength) return false;
        try
        {
            document = JsonDocument.Parse(Unfence(text.Trim()), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // An ArgumentException is a text that is not valid UTF-16.
            return false;
        }
    }

    private static string Unfence(string text)
    {
        if (!text.StartsWith(Fence, StringComparison.Ordinal) || !text.EndsWith(Fence, StringComparison.Ordinal) || text.Length < 2 * Fence.Length) return text;
        var body = text[Fence.Length..^Fence.Length];
        return body.StartsWith("json", StringComparison.OrdinalIgnoreCase) ? body[4..] : body;
    }
}
