namespace KdRl.Rewards;

/// <summary>Reads numbers with a decimal comma: 3,5 and 0,125 and 1.234,5, but not 1,234 and not the pair (3,5).</summary>
/// <remarks>
/// A comma with three digits behind it and one to three before it still groups thousands. Between brackets a comma is decimal only when
/// other marks separate: (1,5; 2,5). Points group thousands only where nothing else is possible: 1.234.567 and 1.234,5.
/// </remarks>
internal static class DecimalCommas
{
    /// <summary>The tokens with every such number as one token with a decimal point.</summary>
    public static List<MathToken> Read(List<MathToken> tokens)
    {
        var allowed = Allowed(tokens);
        List<MathToken> read = new(tokens.Count);
        for (var i = 0; i < tokens.Count;)
        {
            var start = i;
            var number = Whole(tokens, ref i, out var grouped);
            if (number is not null && Fraction(tokens, i, allowed) is var (digits, next) && !(IsThousands(number, digits) && !grouped && tokens[i].Is(",")))
            {
                number += "." + digits;
                i = next;
            }
            read.Add(number is null ? tokens[i++] : tokens[start] with { Text = number });
        }
        return read;
    }

    /// <summary>Takes an integer, its thousands grouped by points perhaps; null when something else stands here.</summary>
    private static string? Whole(List<MathToken> tokens, ref int i, out bool grouped)
    {
        grouped = false;
        if (tokens[i].Kind != MathTokenKind.Number) return null;
        var text = tokens[i].Text;
        if (tokens[i].IsInteger)
        {
            i++;
            return text;
        }
        if (text.IndexOf('.', StringComparison.Ordinal) is not (>= 1 and <= 3) || text[0] == '0' || !IsGroup(text.AsSpan(text.IndexOf('.', StringComparison.Ordinal)))) return null;
        var next = i + 1;
        while (next < tokens.Count && tokens[next] is { Kind: MathTokenKind.Number, SpaceBefore: false } group && IsGroup(group.Text)) text += tokens[next++].Text;
        // 1.234 alone is a decimal, as everywhere.
        grouped = next > i + 1 || (next + 1 < tokens.Count && tokens[next].Is(",") && !tokens[next].SpaceBefore && tokens[next + 1] is { IsInteger: true, SpaceBefore: false });
        if (!grouped) return null;
        i = next;
        return text.Replace(".", "", StringComparison.Ordinal);
    }

    /// <summary>A point and three digits.</summary>
    private static bool IsGroup(ReadOnlySpan<char> text) => text.Length == 4 && text[0] == '.' && !text[1..].ContainsAnyExceptInRange('0', '9');

    private static bool IsThousands(string whole, string digits) => digits.Length == 3 && whole.Length <= 3 && whole[0] != '0';

    /// <summary>A comma, or the comma in braces of LaTeX, and the digits behind it.</summary>
    private static (string Digits, int Next)? Fraction(List<MathToken> tokens, int comma, bool[] allowed)
    {
        if (comma + 3 < tokens.Count && tokens[comma].Is("{") && tokens[comma + 1].Is(",") && tokens[comma + 2].Is("}") && tokens[comma + 3].IsInteger) return (tokens[comma + 3].Text, comma + 4);
        if (!IsTight(tokens, comma) || !allowed[comma] || IsTight(tokens, comma + 2) || (comma >= 2 && IsTight(tokens, comma - 2))) return null;
        return (tokens[comma + 1].Text, comma + 2);
    }

    /// <summary>A comma between digits without blanks. Several in a row separate a list: 1,2,3.</summary>
    private static bool IsTight(List<MathToken> tokens, int comma) =>
        comma >= 1 && comma + 1 < tokens.Count && tokens[comma] is { SpaceBefore: false } && tokens[comma].Is(",") && tokens[comma - 1].Kind == MathTokenKind.Number && tokens[comma + 1] is { IsInteger: true, SpaceBefore: false };

    /// <summary>For each token whether a comma there may be decimal: outside of brackets, in the argument of a command, or beside other separators.</summary>
    private static bool[] Allowed(List<MathToken> tokens)
    {
        var allowed = new bool[tokens.Count];
        Stack<List<int>> groups = [];
        Stack<bool> decimals = [];
        groups.Push([]);
        decimals.Push(true);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != MathTokenKind.Sign) continue;
            if (tokens[i].Text is "(" or "[" or "{" or "\\{")
            {
                groups.Push([]);
                decimals.Push(tokens[i].Is("{") && i > 0 && (tokens[i - 1].Kind == MathTokenKind.Command || tokens[i - 1].Is("^") || tokens[i - 1].Is("}") || tokens[i - 1].Is("]")));
            }
            else if (tokens[i].Text is ")" or "]" or "}" or "\\}" && groups.Count > 1) Close();
            else if (tokens[i].Is(";") || (tokens[i].Is(",") && i + 1 < tokens.Count && tokens[i + 1].SpaceBefore))
            {
                decimals.Pop();
                decimals.Push(true);
            }
            else if (tokens[i].Is(",")) groups.Peek().Add(i);
        }
        while (groups.Count > 0) Close();
        return allowed;

        void Close()
        {
            var isDecimal = decimals.Pop();
            foreach (var comma in groups.Pop()) allowed[comma] = isDecimal;
        }
    }
}
