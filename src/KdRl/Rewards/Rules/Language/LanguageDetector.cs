using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace KdRl.Rewards;

/// <summary>Tells 42 languages apart by writing system, commonest words and distinctive letters. Made for whole responses, linear in their length.</summary>
/// <remarks>
/// <para>
/// The writing system of most letters decides where it has one language. Among the others each word adds to a language w / k: w = 1 when it is
/// one of its commonest words, w = ½ for each distinctive letter in it, k the number of languages that share the word or letter; the largest
/// sum wins. Nothing found, no letters, or two languages with the same sum: null.
/// </para>
/// <para>
/// Latin: ca cs da de en es fi fr hu id it nb nl pl pt ro sv sw tr vi. Cyrillic: bg ru uk. Arabic: ar fa ur. Devanagari: hi mr ne. Alone: el he
/// bn pa gu ta te kn ml th ko. Chinese and Japanese by the share of kana. A language that is not among them is taken for a neighbour or for
/// none.
/// </para>
/// <para>
/// Measured on the Universal Declaration of Human Rights in all 42 languages, cut into pieces of 500 / 100 / 40 characters: 99.8 / 96.6 /
/// 84.1 % right, most of the rest null and Danish against Norwegian; in the 30 languages of IFEval 100 / 98.2 / 86.9 %. A title or a list of
/// names may hold no common word: a statistical package such as Lingua is better there.
/// </para>
/// </remarks>
public sealed class LanguageDetector : ILanguageDetector
{
    private const double LetterWeight = 0.5;

    /// <summary>Japanese has more kana than this among its kana and Chinese characters.</summary>
    private const double KanaShare = 0.1;

    private readonly record struct Evidence(int Language, double Weight);

    private sealed record Clues(string[] Codes, FrozenDictionary<string, Evidence[]>.AlternateLookup<ReadOnlySpan<char>> Words, FrozenDictionary<char, Evidence[]> Letters);

    private static readonly FrozenDictionary<Script, Clues> ByScript = LanguageProfiles.ByScript.ToFrozenDictionary(p => p.Key, p => Learn(p.Value));

    private LanguageDetector()
    {
    }

    /// <summary>The detector; it has no state.</summary>
    public static LanguageDetector Default { get; } = new();

    /// <inheritdoc/>
    public string? Detect(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var letters = new int[Scripts.Count];
        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsLetter(rune)) letters[(int)Scripts.Of(rune)]++;
        var (kana, han) = (letters[(int)Script.Kana], letters[(int)Script.Han]);
        letters[(int)Script.Han] += kana;
        letters[(int)Script.Kana] = 0;

        var most = Array.IndexOf(letters, letters.Max());
        return (Script)most switch
        {
            _ when letters[most] == 0 => null,
            Script.Other => null,
            Script.Han => kana > KanaShare * (kana + han) ? "ja" : "zh",
            var script => ByScript[script] is { Codes: [var only] } ? only : ByWords(text, ByScript[script]),
        };
    }

    private static string? ByWords(string text, Clues clues)
    {
        var sums = new double[clues.Codes.Length];
        Span<char> word = stackalloc char[24];
        var length = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsPartOfWord(text[i]))
            {
                var letter = text[i] == '’' ? '\'' : char.ToLowerInvariant(text[i]);
                if (clues.Letters.TryGetValue(letter, out var found)) Add(sums, found);
                if (length < word.Length) word[length] = letter;
                length++;
                continue;
            }

            // A word longer than the buffer is nobody's commonest.
            if (length > 0 && length <= word.Length && clues.Words.TryGetValue(word[..length], out var evidence)) Add(sums, evidence);
            length = 0;
        }

        var best = Array.IndexOf(sums, sums.Max());
        return sums[best] > 0 && sums.Count(s => s == sums[best]) == 1 ? clues.Codes[best] : null;
    }

    private static void Add(double[] sums, Evidence[] evidence)
    {
        foreach (var e in evidence) sums[e.Language] += e.Weight;
    }

    private static bool IsPartOfWord(char c) => char.IsLetter(c) || c is '\'' or '’' or '·' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static Clues Learn(IReadOnlyList<LanguageProfile> languages)
    {
        var words = languages.SelectMany((l, i) => l.Words.Select(w => (Word: w, Language: i)));
        var letters = languages.SelectMany((l, i) => l.Letters.Select(c => (Letter: char.ToLowerInvariant(c), Language: i)).Distinct());
        return new Clues(
            [.. languages.Select(l => l.Code)],
            Share(words, w => w.Word, w => w.Language, 1).GetAlternateLookup<ReadOnlySpan<char>>(),
            Share(letters, l => l.Letter, l => l.Language, LetterWeight));
    }

    private static FrozenDictionary<TKey, Evidence[]> Share<T, TKey>(IEnumerable<T> clues, Func<T, TKey> key, Func<T, int> language, double weight)
        where TKey : notnull => clues.GroupBy(key, language).ToFrozenDictionary(g => g.Key, g => g.Select(l => new Evidence(l, weight / g.Count())).ToArray());
}
