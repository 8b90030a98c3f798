using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace KdRl.Tests.Rewards.Rules;

/// <summary>Texts made to break a scanner: long, deeply nested, badly encoded, full of openings without ends.</summary>
internal static class HostileTexts
{
    private const int Length = 100_000;

    private static readonly string[] Pieces =
    [
        "<think>", "</think>", "<answer>", "</answer>", @"\boxed{", "{", "}", "[", "[[", "<<", ">>", "*", "**", "***", "* ", "- ", "\n", "\n\n", " ", "\t", ",", ".", "...",
        "!?", "\"", "'", "```", "```json", "{\"a\":", "answer is ", "Answer: (", "p. p. s", "p.s.", "SECTION 1", "A", "a ", "Aa", "0", "0.1.2", "the ", "Mr. ", "e.g. ", "\0", "\x1c",
        "\u200b", "\u202e", "\u0301", "\u0e31", "\ud800", "\udc00", "\ud83d\ude00", "\ufffd", "\u0130", "ß", "漢", "क्", "\u2028", "￿", "$", "$$", "\\(", "`", "I ", "n't",
    ];

    /// <summary>One text for each piece, repeated to 100 kB, and a few mixtures.</summary>
    public static IEnumerable<string> All() =>
        Pieces.Select(p => new StringBuilder().Insert(0, p, Length / p.Length).ToString())
            .Concat([new string('{', Length / 2) + new string('}', Length / 2), new string('[', Length / 2) + new string(']', Length / 2)])
            .Concat(Enumerable.Range(0, 8).Select(seed => Mixture(new System.Random(seed), Length)));

    /// <summary>Short mixtures of the same pieces, for properties.</summary>
    public static Arbitrary<string> Short { get; } = Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary();

    private static string Mixture(System.Random random, int length)
    {
        var text = new StringBuilder(length + 16);
        while (text.Length < length) text.Append(Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }
}
