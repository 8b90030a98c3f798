using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using KdRl.Transformers.Tokenizers;

namespace KdRl.Transformers.Tests.Tokenizers;

public class WordPatternTests
{
    /// <summary>The expressions of GPT-2, Qwen 2 and 3, Llama 3, and GPT-4o.</summary>
    public static TheoryData<string> Patterns() => new()
    {
        ByteLevelFiles.Gpt2Words,
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        // The head can start inside of white space that the ending takes.
        @" b|\s\n|\s+(?!\S)|\s+",
        @"x\s*y|\s+(?!\S)|\s+",
        @"\s+",
    };

    /// <summary>.NET's own engine, with the look-ahead that it has where it backtracks, is the reference.</summary>
    [Theory]
    [MemberData(nameof(Patterns))]
    public void Find_AnyText_EqualsBacktracking(string pattern)
    {
        var (ours, reference) = (new WordPattern(pattern), new Regex(pattern, RegexOptions.CultureInvariant));
        var text = Gen.OneOf(Gen.Elements(" ", "  ", "\n", "\r\n", "\t", "\u00A0", "a", "B", "b", "x", "y", "'s", "'LL", "1", "234", "!", "é", "\u0301", "中"), Gen.Choose(0, 0xD7FF).Select(c => ((char)c).ToString()))
            .ListOf().Select(parts => string.Concat(parts));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(text.ToArbitrary(), t =>
        {
            var found = new List<(int, int)>();
            ours.Find(t, 0, found);
            return found.SequenceEqual(reference.Matches(t).Select(match => (match.Index, match.Length)));
        }));
    }

    [Theory]
    [InlineData("a(?=b)")]
    [InlineData(@"(a)\1")]
    [InlineData("a{1,2000000000}")]
    [InlineData("😀")]
    public void Constructor_NotLinear_IsRefused(string pattern) => Assert.Throws<NotSupportedException>(() => new WordPattern(pattern));
}
