namespace KdRl.Rewards;

/// <summary>Takes a text apart as NLTK's <c>word_tokenize</c> does, which IFEval counts capital words with.</summary>
/// <remarks>
/// Tokens without letters are left out, and a full stop may stay with its word: neither has a case. Contractions are parted (DO|N'T, IT|'S,
/// CAN|NOT); hyphens, slashes and points inside words are not.
/// </remarks>
internal static class TreebankWords
{
    private const string Separators = "«“‘„»”’`;@#$%&?!*()[]{}<>\"";
    private static readonly string[] Endings = ["n't", "'ll", "'re", "'ve", "'s", "'m", "'d"];
    private static readonly (string Word, int At)[] Merged = [("cannot", 3), ("d'ye", 1), ("gimme", 3), ("gonna", 3), ("gotta", 3), ("lemme", 3), ("more'n", 4), ("wanna", 3), ("'tis", 2), ("'twas", 2)];

    /// <summary>The tokens that may hold letters, in order.</summary>
    public static IEnumerable<string> Of(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && !Separates(text, end)) end++;
            if (end > start)
            {
                foreach (var part in Parts(text[start..end], PartsEndings(text, end))) yield return part;
            }

            start = end + 1;
        }
    }

    private static bool Separates(string text, int at)
    {
        var c = text[at];
        if (PythonText.IsSpace(c) || Separators.Contains(c)) return true;
        var next = at + 1 < text.Length ? text[at + 1] : ' ';
        return c switch
        {
            ',' or ':' => !char.IsDigit(next),
            '.' or '-' => next == c || (at > 0 && text[at - 1] == c),
            _ => false,
        };
    }

    /// <summary>NLTK parts an ending only where a blank follows it; punctuation has blanks put around it before, a line end has not.</summary>
    private static bool PartsEndings(string text, int end) => end == text.Length || text[end] == ' ' || !PythonText.IsSpace(text[end]) || PythonText.IsBlank(text.AsSpan(end));

    private static IEnumerable<string> Parts(string word, bool partsEndings)
    {
        foreach (var (merged, at) in Merged)
            if (word.Equals(merged, StringComparison.OrdinalIgnoreCase)) return [word[..at], word[at..]];
        if (!partsEndings) return [word];
        var bare = word.TrimEnd('.', '\'');
        foreach (var ending in Endings)
            if (bare.Length > ending.Length && bare.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && IsOfOneCase(bare.AsSpan(bare.Length - ending.Length)))
                return [bare[..^ending.Length], bare[^ending.Length..]];
        return [word];
    }

    /// <summary>NLTK parts 's 'S 'm 'M 'd 'D and the longer endings in lower or in upper case, not N't.</summary>
    private static bool IsOfOneCase(ReadOnlySpan<char> ending) => PythonText.IsLower(ending) || PythonText.IsUpper(ending);
}
