using System.Text.RegularExpressions;

namespace KdRl.Transformers.Tokenizers;

/// <summary>
/// Finds the words of a text with a tokenizer's own regular expression, each word in time linear in the text: the expression
/// comes from a file and may be hostile. What .NET's linear engine lacks is the look-ahead with which most such expressions end,
/// <c>\s+(?!\S)|\s+</c>; that ending is done by hand: a run of white space, without its last character when more text follows.
/// </summary>
internal sealed class WordPattern
{
    private const string Ending = @"|\s+(?!\S)|\s+";
    private const int LongestPattern = 4096;

    private readonly Regex regex;
    private readonly bool hasEnding;

    /// <exception cref="ArgumentException">The pattern is not a regular expression that .NET knows.</exception>
    /// <exception cref="NotSupportedException">It cannot be matched in linear time, or is too large.</exception>
    public WordPattern(string pattern)
    {
        if (pattern.Length > LongestPattern) throw new NotSupportedException($"It has {pattern.Length} characters; at most {LongestPattern} are accepted.");
        if (pattern.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) throw new NotSupportedException("It names characters beyond U+FFFF.");
        hasEnding = pattern.EndsWith(Ending, StringComparison.Ordinal) && pattern.Length > Ending.Length;
        regex = new Regex(hasEnding ? pattern[..^Ending.Length] : pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>Calls back for each match that is not empty, from left to right.</summary>
    public void Find(ReadOnlySpan<char> text, int offset, List<(int Start, int Length)> output)
    {
        var matches = regex.EnumerateMatches(text);
        var (at, found) = (0, Next(ref matches));
        while (true)
        {
            var space = hasEnding ? IndexOfSpace(text, at, found ? matches.Current.Index : text.Length) : -1;
            if (space >= 0)
            {
                at = EndOfSpace(text, space);
                output.Add((offset + space, at - space));
            }
            else if (found)
            {
                at = matches.Current.Index + matches.Current.Length;
                output.Add((offset + matches.Current.Index, matches.Current.Length));
                found = Next(ref matches);
            }
            else
            {
                return;
            }
            // The white space may have covered the start of the match in hand.
            if (!found || matches.Current.Index >= at) continue;
            matches = regex.EnumerateMatches(text, at);
            found = Next(ref matches);
        }
    }

    private static bool Next(ref Regex.ValueMatchEnumerator matches)
    {
        while (matches.MoveNext())
            if (matches.Current.Length > 0) return true;
        return false;
    }

    private static int IndexOfSpace(ReadOnlySpan<char> text, int from, int to)
    {
        for (; from < to; from++)
            if (char.IsWhiteSpace(text[from])) return from;
        return -1;
    }

    private static int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
        return end < text.Length && end - start > 1 ? end - 1 : end;
    }
}
