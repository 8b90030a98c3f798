using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>The IFEval instructions about format that can be detected.</summary>
public static class FormatChecks
{
    private static readonly string[] Answers = ["My answer is yes.", "My answer is no.", "My answer is maybe."];
    private static readonly string[] JsonFences = ["```json", "```Json", "```JSON", "```"];

    // Python parses about a thousand levels before it gives up.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 900 };

    /// <summary>
    /// <c>detectable_format:number_bullet_lists</c>: lines that start with <c>*</c> not followed by another, and lines that start with
    /// <c>-</c>, white space before them aside. A rule of dashes counts; so does IFEval.
    /// </summary>
    /// <param name="response">The response.</param>
    public static int Bullets(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return CountLines(response, '*') + CountLines(response, '-');
    }

    /// <summary><c>detectable_format:constrained_response</c>: "My answer is yes.", "My answer is no." or "My answer is maybe." occurs, in this case.</summary>
    /// <param name="response">The response.</param>
    public static bool IsConstrainedResponse(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Answers.Any(answer => response.Contains(answer, StringComparison.Ordinal));
    }

    /// <summary><c>detectable_format:number_highlighted_sections</c>: texts between single asterisks plus texts between double ones, on one line and not blank.</summary>
    /// <param name="response">The response.</param>
    public static int Highlights(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Highlights(response, "*") + Highlights(response, "**");
    }

    /// <summary><c>detectable_format:multiple_sections</c>: how often the word that opens a section stands before a number, at most one white space between them.</summary>
    /// <param name="response">The response.</param>
    /// <param name="opening">The word, "Section" for instance, in this case; not blank.</param>
    public static int Sections(string response, string opening)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentException.ThrowIfNullOrWhiteSpace(opening);
        var word = opening.Trim();
        var count = 0;
        for (var at = 0; (at = response.IndexOf(word, at, StringComparison.Ordinal)) >= 0;)
        {
            var end = at + word.Length;
            if (end < response.Length && PythonText.IsSpace(response[end])) end++;
            var number = end;
            while (end < response.Length && char.IsDigit(response[end])) end++;
            if (end > number) count++;
            at = end > number ? end : at + 1;
        }

        return count;
    }

    /// <summary>
    /// <c>detectable_format:json_format</c>: the response, without a fence at its ends, is one JSON value, a bare number or word included.
    /// Unlike Python's parser this one refuses NaN and Infinity.
    /// </summary>
    /// <param name="response">The response.</param>
    public static bool IsJson(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var text = PythonText.Strip(response);
        foreach (var fence in JsonFences)
            if (text.StartsWith(fence, StringComparison.Ordinal)) text = text[fence.Length..];
        if (text.EndsWith("```", StringComparison.Ordinal)) text = text[..^3];
        try
        {
            using var document = JsonDocument.Parse(PythonText.Strip(text), Deep);
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary><c>detectable_format:title</c>: some line holds <c>&lt;&lt;…&gt;&gt;</c> with more than white space and brackets inside.</summary>
    /// <param name="response">The response.</param>
    public static bool HasTitle(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        foreach (var line in response.AsSpan().Split('\n'))
        {
            var text = response.AsSpan(line);
            var (open, close) = (text.IndexOf("<<"), text.LastIndexOf(">>"));
            if (open >= 0 && close > open + 2 && !PythonText.IsBlank(text[open..(close + 2)].TrimStart('<').TrimEnd('>'))) return true;
        }

        return false;
    }

    /// <summary>Matches of <c>^\s*\*[^\*].*$</c> or <c>^\s*-.*$</c>: white space may run over line ends, and the character after a star may be one.</summary>
    private static int CountLines(string text, char bullet)
    {
        var count = 0;
        for (var line = 0; line < text.Length;)
        {
            var at = line;
            while (at < text.Length && PythonText.IsSpace(text[at])) at++;
            if (at == text.Length) break;
            var isBullet = text[at] == bullet && (bullet == '-' || (at + 1 < text.Length && text[at + 1] != '*'));
            if (isBullet) count++;

            // The text of a bullet starts behind the star and the character after it.
            var end = text.IndexOf('\n', isBullet && bullet == '*' ? at + 2 : at);
            if (end < 0) break;
            line = isBullet && bullet == '*' && end == at + 2 && text[at + 1] == '\n' ? end : end + 1;
        }

        return count;
    }

    /// <summary>Texts between two marks with neither star nor line end inside, not overlapping.</summary>
    private static int Highlights(string text, string mark)
    {
        var count = 0;
        for (var at = 0; (at = text.IndexOf(mark, at, StringComparison.Ordinal)) >= 0;)
        {
            var start = at + mark.Length;
            var length = text.AsSpan(start).IndexOfAny('*', '\n');
            if (length < 0) break;
            var closed = text.AsSpan(start + length).StartsWith(mark);
            if (closed && !PythonText.IsBlank(text.AsSpan(start, length))) count++;
            at = closed ? start + length + mark.Length : at + 1;
        }

        return count;
    }
}
