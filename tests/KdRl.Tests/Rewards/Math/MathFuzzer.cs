using System.Text;

namespace KdRl.Tests.Rewards;

/// <summary>Makes hostile answers and responses from a seed: LaTeX-like soup, damaged real answers, deep nesting, huge numbers, long texts.</summary>
internal sealed class MathFuzzer(int seed, IReadOnlyList<string> realAnswers)
{
    private static readonly string[] Pieces =
    [
        "\\frac", "\\dfrac", "\\sqrt", "\\sqrt[3]", "\\text", "\\mathrm", "\\left(", "\\right)", "\\left|", "\\right|", "\\begin{pmatrix}", "\\end{pmatrix}",
        "\\begin{cases}", "\\end{cases}", "\\\\", "&", "\\pm", "\\mp", "\\cup", "\\cap", "\\setminus", "\\in", "\\infty", "\\pi", "\\sin", "\\log", "\\log_2", "\\ln",
        "\\binom", "\\overline", "\\cdot", "\\times", "\\le", "\\neq", "\\approx", "\\equiv", "\\pmod", "\\{", "\\}", "{", "}", "(", ")", "[", "]", "|", "+", "-", "*", "/",
        "^", "_", "=", "<", ">", ",", ";", ":", "!", "%", "\\%", "$", "\\$", ".", "'", " ", "x", "y", "e", "i", "f(", "n", "0", "1", "2", "7", "10", "99", "0.5", "1e9", "1,000",
        "and", "or", "cm", "\\text{ cm}", "dollars", "five", "½", "²", "√", "π", "∞", "≤", "，", "答", "\\boxed{", "\u200b", "\\emptyset", "\\mathbb{R}", "\\circ", "mod", "U", "to", "3,5", "1.234,5", "{,}", "one hundred and", "minus", "half", "thirds", " point ", "f(t)=", "n!", "\\{(1,2)\\}", "min",
        "0x", "FF_{16}", " cm \\times ", "\\begin{cases}x&", "if ", "otherwise", "\\dot{6}", "<0", "x^2", "except ", " per cent", "**", "k\\in\\mathbb{Z}", "\\frac{\\text{m}}{\\text{s}}", "2024-03-05", "{=}",
        "\\mathopen{(}", "\\hspace{1cm}", "\\tag{1}", " base 2", "P(A|B)=", "\\text{not }", "(-1)^n", " J", " N m", "³⁄₇", "𝜋", "(A) ",
    ];

    private static readonly string[] Bombs =
    [
        "9^{9^{9^{9}}}", "10^{10^{10}}", "2^{-9999999}", "9999!", "100000!", "3000!!", "\\binom{10000}{5000}", "e^{e^{e^{9}}}", "\\sin(10^{300})", "0.1^{10000}", "1e99999", "1e-9999",
        "(x+y+z+w+v)^{400}", "((x+1)^{400}+1)^{400}", "(1+\\frac{1}{x})^{399}", "\\sqrt{2}^{9999}", "\\sqrt[64]{3^{9999}}", "(1+i)^{9999}", "\\ln(9^{9999})", "\\tan(\\pi/2)", "0^0", "1/0",
        "\\frac{x}{x-x}", "(\\pm1,\\pm2,\\pm3,\\pm4,\\pm5)", "\\pm\\pm\\pm\\pm\\pm 1", "99999999999999999999^{999}", "1.0000000001^{9999999}", "2^{2^{64}}", "\\lfloor 10^{9999}/7 \\rfloor",
        "\\gcd(10^{9999},7^{9999})", "lcm(2^{9999},3^{6000})", "1-(1-(1-(1-x^{99})^{99})^{9})", "\\cos(10^{18})", "(-8)^{1/3}", "(-1)^{0.37}", "i^{i^{i}}", "x^{x^{x^{x}}}",
        "x^{12}+x^{11}-720720x-720720<0", "(x-1)(x-2)(x-3)(x-4)(x-5)(x-6)(x-7)\\le0", "\\frac{x^5-720720}{x^4-1}>0", "x^{400}<1", "1\\text{ km}^4\\times 1\\text{ km}^4\\times 1\\text{ km}^4\\times 1\\text{ km}^4",
    ];

    private static readonly (string Open, string Close)[] Nests =
    [
        ("{", "}"), ("(", ")"), ("[", "]"), ("\\{", "\\}"), ("\\frac{", "}{2}"), ("\\frac{1}{", "}"), ("\\sqrt{", "}"), ("\\text{", "}"), ("x^{", "}"), ("2^", ""), ("-", ""), ("\\sin", "x"),
        ("\\left(", "\\right)"), ("|", "|"), ("\\boxed{", "}"), ("\\begin{pmatrix}", "\\end{pmatrix}"), ("\\begin{cases}", "\\end{cases}"), ("1\\frac{1}{", "}"), ("(1,", ")"), ("x=", "1"),
        ("1/", "2"), ("1<", "2"), ("\\pm", "1"), ("\\overline{", "}"), ("f(", ")"), ("about ", "1"), ("xU(", ")"), ("\\lfloor", "\\rfloor"), ("$", "$"), ("]", "["), ("\\log_{", "}2"), ("x_{", "}"),
    ];

    private readonly Random _random = new(seed);

    /// <summary>The content of a box, or what stands where one should.</summary>
    public string Answer() => _random.Next(8) switch
    {
        0 or 1 => Soup(),
        2 or 3 or 4 => Damaged(),
        5 => Nested(),
        6 => Bombs[_random.Next(Bombs.Length)],
        _ => Combined(),
    };

    /// <summary>A whole response around answers; a long one now and then.</summary>
    public string Response(string answer) => _random.Next(400) == 0 ? Long() : _random.Next(5) switch
    {
        0 => answer,
        1 => $"The answer is {answer}.",
        2 => $"<think>{Answer()}</think>So ${answer}$",
        _ => $"We find \\boxed{{{answer}}}.",
    };

    private string Soup()
    {
        var text = new StringBuilder();
        for (var n = _random.Next(1, 25); n > 0; n--) text.Append(Pieces[_random.Next(Pieces.Length)]);
        return text.ToString();
    }

    private string Damaged()
    {
        var text = new StringBuilder(realAnswers[_random.Next(realAnswers.Count)]);
        for (var n = _random.Next(0, 4); n > 0 && text.Length > 0; n--)
        {
            var at = _random.Next(text.Length);
            switch (_random.Next(4))
            {
                case 0: text.Remove(at, 1); break;
                case 1: text.Insert(at, Pieces[_random.Next(Pieces.Length)]); break;
                case 2: text[at] = (char)_random.Next(32, 0x3100); break;
                default: text.Append(text.ToString(at, Math.Min(20, text.Length - at))); break;
            }
        }
        return text.ToString();
    }

    private string Nested()
    {
        var (open, close) = Nests[_random.Next(Nests.Length)];
        var depth = _random.Next(3) == 0 ? _random.Next(1, 400) : _random.Next(1, 40);
        return Repeat(open, depth) + (_random.Next(2) == 0 ? "x" : "1") + Repeat(close, depth);
    }

    private string Combined()
    {
        string[] signs = ["+", "\\cdot ", ",", "/", "=", "\\cup ", "^", " and ", "-"];
        return Answer() + signs[_random.Next(signs.Length)] + Answer();
    }

    /// <summary>100,000 characters of one thing.</summary>
    private string Long()
    {
        string[] units =
        [
            "1", "1,", "12 ", "\\boxed{", "\\boxed{}", "\\boxed{1}", "\\boxed{1},", "$", "$x$ ", "```", "the answer is ", "\nA: ", "<think>", "</think>", "\\frac{", "{", "}", "\\", "(", "1/", ".", "#### ",
            "x^2+", "\\text{", "\\(", "\\[", "½", "$$", "\\boxed 1 or ", "答案是", "1.", "-", "\n",
        ];
        var unit = units[_random.Next(units.Length)];
        return Repeat(unit, 100_000 / unit.Length) + (_random.Next(2) == 0 ? $"\\boxed{{{Damaged()}}}" : "");
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}
