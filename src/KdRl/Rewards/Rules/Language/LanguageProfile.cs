namespace KdRl.Rewards;

/// <summary>What gives a language away among those of its writing system.</summary>
/// <param name="Code">Its ISO 639-1 code.</param>
/// <param name="Words">Its commonest words, in lower case.</param>
/// <param name="Letters">Letters that few of the others have.</param>
internal sealed record LanguageProfile(string Code, IReadOnlyList<string> Words, string Letters)
{
    /// <summary>Reads "code | letters | words".</summary>
    public static LanguageProfile Parse(string line) => line.Split('|', StringSplitOptions.TrimEntries) is [var code, var letters, var words]
        ? new(code, [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()], letters)
        : throw new ArgumentException($"'{line}' is no profile.", nameof(line));
}
