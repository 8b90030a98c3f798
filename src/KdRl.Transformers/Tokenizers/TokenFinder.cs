using System.Buffers;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Cuts text at added tokens, leftmost first and longest first.</summary>
internal sealed class TokenFinder
{
    private readonly Dictionary<char, AddedToken[]> byFirst;
    private readonly SearchValues<string>? search;

    public TokenFinder(IReadOnlyCollection<AddedToken> tokens)
    {
        byFirst = tokens.GroupBy(token => token.Text[0]).ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Text.Length).ToArray());
        if (tokens.Count > 0) search = SearchValues.Create([.. tokens.Select(token => token.Text)], StringComparison.Ordinal);
    }

    /// <summary>Pieces of text, or tokens.</summary>
    public IEnumerable<(string? Text, int Id)> Split(string text)
    {
        var from = 0;
        while (search is not null && from < text.Length)
        {
            var found = text.AsSpan(from).IndexOfAny(search);
            if (found < 0) break;
            var start = from + found;
            var token = byFirst[text[start]].First(t => text.AsSpan(start).StartsWith(t.Text, StringComparison.Ordinal));
            var end = start + token.Text.Length;
            while (token.TakesLeft && start > from && char.IsWhiteSpace(text[start - 1])) start--;
            while (token.TakesRight && end < text.Length && char.IsWhiteSpace(text[end])) end++;
            if (start > from) yield return (text[from..start], 0);
            yield return (null, token.Id);
            from = end;
        }
        if (from < text.Length) yield return (from == 0 ? text : text[from..], 0);
    }
}
