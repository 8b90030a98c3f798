using System.Globalization;
using System.Text;

namespace KdRl.Rewards;

/// <summary>Writes Unicode mathematics in ASCII and LaTeX: digits and letters of every width, signs, superscripts, fractions.</summary>
/// <remarks>
/// A table of its own instead of <see cref="string.Normalize()"/>, whose result depends on the host's globalization mode.
/// Characters that a reader cannot see (control, format, private use) are refused, not dropped: they only serve to deceive.
/// Letters of other scripts stay as they are and so never equal a Latin look-alike.
/// </remarks>
internal static class MathUnicode
{
    private const string SuperscriptDigits = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ";
    private const string SubscriptDigits = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢ";
    private const string ScriptTargets = "0123456789+-=()ni";

    private static readonly Dictionary<int, string> Signs = new()
    {
        ['−'] = "-", ['–'] = "-", ['—'] = "-", ['‐'] = "-", ['‑'] = "-", ['﹣'] = "-",
        ['×'] = "\\times ", ['✕'] = "\\times ", ['·'] = "\\cdot ", ['⋅'] = "\\cdot ", ['∙'] = "\\cdot ", ['•'] = "\\cdot ", ['∗'] = "*",
        ['÷'] = "\\div ", ['⁄'] = "/", ['∕'] = "/", ['±'] = "\\pm ", ['∓'] = "\\mp ",
        ['√'] = "\\surd ", ['∛'] = "\\cbrt ", ['∜'] = "\\fourthroot ", ['∞'] = "\\infty ", ['°'] = "^\\circ ", ['º'] = "^\\circ ",
        ['≤'] = "\\le ", ['≦'] = "\\le ", ['⩽'] = "\\le ", ['≥'] = "\\ge ", ['≧'] = "\\ge ", ['⩾'] = "\\ge ", ['≠'] = "\\ne ",
        ['≈'] = "\\approx ", ['≃'] = "\\approx ", ['≅'] = "\\approx ", ['≡'] = "\\equiv ",
        ['∪'] = "\\cup ", ['∩'] = "\\cap ", ['∈'] = "\\in ", ['∉'] = "\\notin ", ['∅'] = "\\emptyset ", ['∖'] = "\\setminus ",
        ['∧'] = "\\land ", ['∨'] = "\\lor ", ['∣'] = "|", ['‖'] = "\\|", ['∥'] = "\\|", ['ℝ'] = "\\mathbb{R}", ['ℤ'] = "\\mathbb{Z}",
        ['ℕ'] = "\\mathbb{N}", ['ℚ'] = "\\mathbb{Q}", ['ℂ'] = "\\mathbb{C}", ['ℓ'] = "l", ['′'] = "'", ['″'] = "''", ['’'] = "'", ['‘'] = "'",
        ['“'] = "\"", ['”'] = "\"", ['⟨'] = "\\langle ", ['⟩'] = "\\rangle ", ['⌊'] = "\\lfloor ", ['⌋'] = "\\rfloor ",
        ['⌈'] = "\\lceil ", ['⌉'] = "\\rceil ", ['…'] = "\\ldots ", ['⋯'] = "\\cdots ", ['→'] = "\\to ", ['∠'] = "\\angle ", ['△'] = "\\triangle ",
        ['∆'] = "\\Delta ", ['˚'] = "^\\circ ", ['Ø'] = "\\emptyset ", ['‒'] = "-", ['―'] = "-", ['・'] = "\\cdot ", ['ⅈ'] = "i", ['ⅇ'] = "e",
        ['∑'] = "\\sum ", ['∏'] = "\\prod ", ['∫'] = "\\int ", ['、'] = ",", ['。'] = ".", ['【'] = "[", ['】'] = "]", ['《'] = "\"", ['》'] = "\"",
        ['½'] = "\\frac{1}{2}", ['⅓'] = "\\frac{1}{3}", ['⅔'] = "\\frac{2}{3}", ['¼'] = "\\frac{1}{4}", ['¾'] = "\\frac{3}{4}",
        ['⅕'] = "\\frac{1}{5}", ['⅖'] = "\\frac{2}{5}", ['⅗'] = "\\frac{3}{5}", ['⅘'] = "\\frac{4}{5}", ['⅙'] = "\\frac{1}{6}",
        ['⅚'] = "\\frac{5}{6}", ['⅐'] = "\\frac{1}{7}", ['⅛'] = "\\frac{1}{8}", ['⅜'] = "\\frac{3}{8}", ['⅝'] = "\\frac{5}{8}",
        ['⅞'] = "\\frac{7}{8}", ['⅑'] = "\\frac{1}{9}", ['⅒'] = "\\frac{1}{10}", ['µ'] = "\\mu ", ['ϕ'] = "\\phi ", ['ϵ'] = "\\epsilon ",
        ['Ω'] = "\\Omega ", ['‰'] = "\\permille ", ['٫'] = ".", ['٬'] = ",",
    };

    private static readonly string[] Greek =
    [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
        "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];

    /// <summary>The text in ASCII and LaTeX where that is possible; null when it holds an unseen character.</summary>
    public static string? Fold(string text)
    {
        if (IsPlain(text)) return text;
        var folded = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune)) return null;
            if (!Append(folded, text, rune, ref i)) return null;
        }
        return folded.ToString();
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExcept(PlainCharacters);

    private static readonly System.Buffers.SearchValues<char> PlainCharacters =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\n', '\r', '\t']);

    private static bool Append(StringBuilder folded, string text, Rune rune, ref int i)
    {
        var value = rune.Value;
        if (Fraction(folded, text, ref i)) return true;
        if (Script(folded, text, ref i, SuperscriptDigits, '^') || Script(folded, text, ref i, SubscriptDigits, '_')) return true;
        i += rune.Utf16SequenceLength;
        if (Signs.TryGetValue(value, out var sign)) folded.Append(sign);
        else if (value is >= 0xFF01 and <= 0xFF5E) folded.Append((char)(value - 0xFEE0));
        else if (value is >= 'α' and <= 'ω') folded.Append('\\').Append(Greek[value - 'α']).Append(' ');
        else if (value is >= 'Α' and <= 'Ω' && "ΓΔΘΛΞΠΣΦΨΩ".Contains((char)value, StringComparison.Ordinal))
            folded.Append('\\').Append(char.ToUpperInvariant(Greek[value - 'Α'][0])).Append(Greek[value - 'Α'].AsSpan(1)).Append(' ');
        else if (value is >= 0x1D400 and <= 0x1D6A3) folded.Append("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(value - 0x1D400) % 52]);
        else if (value is >= 0x1D6A8 and <= 0x1D7CB && (value - 0x1D6A8) % 58 is >= 26 and <= 50 and var letter) folded.Append('\\').Append(Greek[letter - 26]).Append(' ');
        else if (value == 0x210E) folded.Append('h');
        else if (value is >= 0x1D7CE and <= 0x1D7FF) folded.Append((char)('0' + (value - 0x1D7CE) % 10));
        else return AppendByCategory(folded, rune);
        return true;
    }

    private static bool AppendByCategory(StringBuilder folded, Rune rune)
    {
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.Control when rune.Value is not ('\n' or '\r' or '\t'):
            case UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned:
                return false;
            case UnicodeCategory.DecimalDigitNumber:
                folded.Append((char)('0' + (int)Rune.GetNumericValue(rune)));
                return true;
            case UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                folded.Append(' ');
                return true;
            default:
                folded.Append(rune.ToString());
                return true;
        }
    }

    /// <summary>Raised digits, a fraction slash and lowered digits are a fraction: ³⁄₇.</summary>
    private static bool Fraction(StringBuilder folded, string text, ref int i)
    {
        var above = Digits(text, i, SuperscriptDigits);
        if (above.Length == 0 || i + above.Length >= text.Length || text[i + above.Length] != '⁄') return false;
        var below = Digits(text, i + above.Length + 1, SubscriptDigits);
        if (below.Length == 0) return false;
        folded.Append("\\frac{").Append(above).Append("}{").Append(below).Append('}');
        i += above.Length + 1 + below.Length;
        return true;
    }

    private static string Digits(string text, int from, string characters)
    {
        var digits = "";
        for (var i = from; i < text.Length && digits.Length < 20 && characters.IndexOf(text[i], StringComparison.Ordinal) is >= 0 and < 10 and var at; i++) digits += ScriptTargets[at];
        return digits;
    }

    /// <summary>A run of superscripts or subscripts becomes one group: x⁻¹² is x^{-12}.</summary>
    private static bool Script(StringBuilder folded, string text, ref int i, string characters, char command)
    {
        var start = i;
        while (i < text.Length && characters.IndexOf(text[i], StringComparison.Ordinal) is var at and >= 0)
        {
            if (i == start) folded.Append(command).Append('{');
            folded.Append(ScriptTargets[at]);
            i++;
        }
        if (i == start) return false;
        folded.Append('}');
        return true;
    }
}
