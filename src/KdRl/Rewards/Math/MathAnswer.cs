using System.Text;

namespace KdRl.Rewards;

/// <summary>A text that was read as an answer.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Node">What it means; null when it is no mathematics that is known here.</param>
internal sealed record MathAnswer(List<MathToken> Tokens, MathNode? Node)
{
    private string? _normalized;

    /// <summary>Tokens in canonical writing without blanks: what unreadable answers are compared by. Words lose their case, single letters keep it.</summary>
    public string Normalized => _normalized ??= Normalize();

    /// <summary>Reads a text; null when it has characters that a reader cannot see.</summary>
    public static MathAnswer? Read(string text, MathBudget budget, MathNotation notation = default)
    {
        if (MathUnicode.Fold(WithoutEmphasis(text)) is not { } folded) return null;
        var tokens = notation.Read(NumberWords.WithoutRepetition(MathScanner.Scan(folded)));
        budget.ResetNodes();
        return new MathAnswer(tokens, MathParser.Parse(tokens, budget));
    }

    /// <summary>The text without the marks that make Markdown bold.</summary>
    private static string WithoutEmphasis(string text)
    {
        var bare = text.AsSpan().Trim();
        return bare.Length > 4 && bare.StartsWith("**") && bare.EndsWith("**") ? bare[2..^2].ToString() : text;
    }

    private string Normalize()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Tokens.Count; i++)
        {
            // x^{n} is x^n.
            if (IsScript(i - 1, i) || IsScript(i - 3, i - 2)) continue;
            // "1 1/2" is not "11/2", and "1, 000" not "1,000".
            if (i > 0 && Tokens[i].Kind == MathTokenKind.Number && (Tokens[i - 1].Kind == MathTokenKind.Number || IsApart(i))) text.Append(' ');
            text.Append(Tokens[i].Kind == MathTokenKind.Word ? Tokens[i].Text.ToLowerInvariant() : Tokens[i].Text);
        }
        return text.ToString();
    }

    /// <summary>Whether a blank keeps three digits from being thousands.</summary>
    private bool IsApart(int i) => i > 1 && Tokens[i] is { SpaceBefore: true, Text.Length: 3 } && Tokens[i - 1].Is(",") && Tokens[i - 2].Kind == MathTokenKind.Number;

    /// <summary>Whether a brace opens a group of one token behind ^ or _.</summary>
    private bool IsScript(int mark, int open) => mark >= 0 && (Tokens[mark].Is("^") || Tokens[mark].Is("_")) && Tokens[open].Is("{") && open + 2 < Tokens.Count && Tokens[open + 2].Is("}");

    /// <summary>The same text with every comma as a separator: 100,200 as two numbers.</summary>
    public MathNode? Separated(MathBudget budget)
    {
        // No list has 000 in it.
        for (var i = 1; i < Tokens.Count; i++)
            if (Tokens[i - 1].Is(",") && Tokens[i].IsInteger && Tokens[i].Text is ['0', _, ..]) return null;
        budget.ResetNodes();
        return MathParser.Parse(Tokens, budget, commasSeparate: true);
    }
}
