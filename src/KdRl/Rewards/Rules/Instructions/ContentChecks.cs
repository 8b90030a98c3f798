namespace KdRl.Rewards;

/// <summary>The IFEval instructions about content that can be detected, about beginnings, ends and combinations.</summary>
public static class ContentChecks
{
    private const string Separator = "******";

    /// <summary><c>detectable_content:number_placeholders</c>: bracketed texts <c>[…]</c> on one line.</summary>
    /// <param name="response">The response.</param>
    public static int Placeholders(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var count = 0;
        foreach (var line in response.AsSpan().Split('\n'))
        {
            var rest = response.AsSpan(line);
            for (int open, close; (open = rest.IndexOf('[')) >= 0 && (close = rest[open..].IndexOf(']')) > 0; count++) rest = rest[(open + close + 1)..];
        }

        return count;
    }

    /// <summary>
    /// <c>detectable_content:postscript</c>: the marker occurs, whatever its case. For <c>P.S.</c> and <c>P.P.S</c> one white space may follow
    /// each point but the last.
    /// </summary>
    /// <param name="response">The response.</param>
    /// <param name="marker">The marker; not blank.</param>
    public static bool Postscript(string response, string marker)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentException.ThrowIfNullOrWhiteSpace(marker);
        return marker.Trim() switch
        {
            "P.S." => HasSpaced(response, "p.", "s."),
            "P.P.S" => HasSpaced(response, "p.", "p.", "s"),
            var other => response.Contains(other, StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary><c>combination:two_responses</c>: split at <c>******</c>, exactly two pieces are not blank, and they differ; blank ones stand only first or last.</summary>
    /// <param name="response">The response.</param>
    public static bool TwoResponses(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var pieces = response.Split(Separator);
        if (pieces.Skip(1).SkipLast(1).Any(p => PythonText.IsBlank(p))) return false;
        return pieces.Select(PythonText.Strip).Where(p => p.Length > 0).ToArray() is [var first, var second] && first != second;
    }

    /// <summary><c>combination:repeat_prompt</c>: the response starts with the prompt, both without white space at the ends and lower-cased.</summary>
    /// <param name="response">The response.</param>
    /// <param name="prompt">What is to be repeated.</param>
    public static bool RepeatsPrompt(string response, string prompt)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(prompt);
        return PythonText.Strip(response).ToLowerInvariant().StartsWith(PythonText.Strip(prompt).ToLowerInvariant(), StringComparison.Ordinal);
    }

    /// <summary><c>startend:end_checker</c>: the response, without white space and double quotes at its ends, ends with the phrase, whatever its case.</summary>
    /// <param name="response">The response.</param>
    /// <param name="phrase">The phrase.</param>
    public static bool EndsWith(string response, string phrase)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(phrase);
        return PythonText.Strip(response).Trim('"').ToLowerInvariant().EndsWith(PythonText.Strip(phrase).ToLowerInvariant(), StringComparison.Ordinal);
    }

    /// <summary><c>startend:quotation</c>: without white space at the ends, the first and the last character are straight double quotes.</summary>
    /// <param name="response">The response.</param>
    public static bool IsQuoted(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return PythonText.Strip(response.AsSpan()) is ['"', .., '"'];
    }

    /// <summary><c>punctuation:no_comma</c>: there is no ASCII comma.</summary>
    /// <param name="response">The response.</param>
    public static bool HasNoComma(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return !response.Contains(',');
    }

    /// <summary>Whether the parts follow each other somewhere, at most one white space between two.</summary>
    private static bool HasSpaced(string text, params ReadOnlySpan<string> parts)
    {
        for (var at = 0; (at = text.IndexOf(parts[0], at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + parts[0].Length;
            var part = 1;
            for (; part < parts.Length; part++)
            {
                if (end < text.Length && PythonText.IsSpace(text[end])) end++;
                if (!text.AsSpan(end).StartsWith(parts[part], StringComparison.OrdinalIgnoreCase)) break;
                end += parts[part].Length;
            }

            if (part == parts.Length) return true;
        }

        return false;
    }
}
