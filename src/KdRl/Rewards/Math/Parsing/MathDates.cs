namespace KdRl.Rewards;

/// <summary>Reads dates, so that 2024-03-05 is no difference, 3/5/2024 no quotient, and the 15th of March is March 15.</summary>
internal static class MathDates
{
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary>A date as text; null when the tokens are something else.</summary>
    public static MathNode? Read(List<MathToken> tokens) => InDigits(tokens) ?? InWords(tokens);

    private static MathNode? InDigits(List<MathToken> tokens)
    {
        if (tokens is not [{ IsInteger: true } a, { Kind: MathTokenKind.Sign } first, { IsInteger: true } b, { Kind: MathTokenKind.Sign } second, { IsInteger: true } c] || first.Text != second.Text) return null;
        if (first.Text == "-" && a.Text.Length == 4 && b.Text.Length == 2 && c.Text.Length == 2) return MathNode.Text($"{a.Text}-{b.Text}-{c.Text}");
        return first.Text == "/" && a.Text.Length <= 2 && b.Text.Length <= 2 && c.Text.Length == 4 ? MathNode.Text($"{a.Text.TrimStart('0')}/{b.Text.TrimStart('0')}/{c.Text}") : null;
    }

    /// <summary>A month, a day with or without its ordinal ending, and perhaps a year: March 15, 15th of March, March 15, 2024.</summary>
    private static MathNode? InWords(List<MathToken> tokens)
    {
        if (tokens.Count is < 2 or > 6 || !tokens.Exists(IsMonth)) return null;
        var parts = tokens.FindAll(t => !t.Is(",") && !(t.Kind == MathTokenKind.Word && t.Text is "st" or "nd" or "rd" or "th" or "of" or "the"));
        if (parts is [{ IsInteger: true, Text.Length: <= 2 } day, { Kind: MathTokenKind.Word } month, ..] && IsMonth(month)) (parts[0], parts[1]) = (month, day);
        if (parts.Count > 3 || !IsMonth(parts[0]) || parts.Count < 2 || parts[1] is not { IsInteger: true, Text.Length: <= 2 } || (parts.Count == 3 && parts[2] is not { IsInteger: true, Text.Length: 4 })) return null;
        return MathNode.Text(string.Join(' ', parts.Select(p => p.Text.ToLowerInvariant().TrimStart('0'))));
    }

    private static bool IsMonth(MathToken token) => token.Kind == MathTokenKind.Word && Months.Contains(token.Text.ToLowerInvariant());
}
