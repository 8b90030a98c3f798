namespace KdRl.Rewards;

/// <summary>The IFEval instructions about keywords. A keyword is literal text here; IFEval takes it for a regular expression (none of its own has special characters).</summary>
public static class KeywordChecks
{
    /// <summary><c>keywords:existence</c>: every keyword occurs, whatever its case, also inside a word.</summary>
    /// <param name="response">The response.</param>
    /// <param name="keywords">What must occur.</param>
    public static bool Existence(string response, IReadOnlyList<string> keywords)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(keywords);
        return keywords.All(k => response.Contains(k, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary><c>keywords:frequency</c>: how often the keyword occurs, whatever its case, also inside a word, occurrences not overlapping.</summary>
    /// <param name="response">The response.</param>
    /// <param name="keyword">What is counted; not empty.</param>
    public static int Frequency(string response, string keyword)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentException.ThrowIfNullOrEmpty(keyword);
        return Occurrences.Count(response, keyword, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary><c>keywords:forbidden_words</c>: none of the words occurs as a whole word (between word boundaries), whatever its case.</summary>
    /// <param name="response">The response.</param>
    /// <param name="words">What must not occur; none of them empty.</param>
    public static bool ForbiddenWords(string response, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(words);
        return !words.Any(word => HasWord(response, word));
    }

    /// <summary><c>keywords:letter_frequency</c>: how often the character occurs, both lower-cased.</summary>
    /// <param name="response">The response.</param>
    /// <param name="letter">The character counted; IFEval also asks for # and !.</param>
    public static int LetterFrequency(string response, char letter)
    {
        ArgumentNullException.ThrowIfNull(response);
        var sought = char.ToLowerInvariant(letter);
        return response.Count(c => char.ToLowerInvariant(c) == sought);
    }

    private static bool HasWord(string text, string word)
    {
        for (var at = 0; (at = text.IndexOf(word, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            if (PythonText.IsBoundary(text, at) && PythonText.IsBoundary(text, at + word.Length)) return true;
        return false;
    }
}
