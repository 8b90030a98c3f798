namespace KdRl.Rewards;

/// <summary>Reads dates in digits, so that 2024-03-05 is no difference and 3/5/2024 no quotient.</summary>
internal static class MathDates
{
    /// <summary>A date as text; null when the tokens are something else.</summary>
    public static MathNode? Read(List<MathToken> tokens)
    {
        if (tokens is not [{ IsInteger: true } a, { Kind: MathTokenKind.Sign } first, { IsInteger: true } b, { Kind: MathTokenKind.Sign } second, { IsInteger: true } c] || first.Text != second.Text) return null;
        if (first.Text == "-" && a.Text.Length == 4 && b.Text.Length == 2 && c.Text.Length == 2) return MathNode.Text($"{a.Text}-{b.Text}-{c.Text}");
        return first.Text == "/" && a.Text.Length <= 2 && b.Text.Length <= 2 && c.Text.Length == 4 ? MathNode.Text($"{a.Text.TrimStart('0')}/{b.Text.TrimStart('0')}/{c.Text}") : null;
    }
}
