using KdRl.Rewards;
using KdRl.TestSupport;

namespace KdRl.Benchmarks;

/// <summary>Verdicts a second by kind of answer, and how they grow with the length of the response.</summary>
internal sealed class MathVerifierBenchmark : IBenchmark
{
    /// <summary>A reference, a right answer in another form, and a wrong one.</summary>
    private static readonly (string Kind, string Reference, string Right, string Wrong)[] Cases =
    [
        ("integer", "42", "42", "43"),
        ("thousands", "1234567", "1{,}234{,}567", "1234568"),
        ("fraction", @"\frac{3}{4}", @"\dfrac{6}{8}", @"\frac{4}{3}"),
        ("decimal of a fraction", @"\frac{1}{3}", "0.3333", "0.3334"),
        ("unit", @"5\text{ m}", @"500\text{ cm}", @"5\text{ cm}"),
        ("surd", @"\frac{1+\sqrt{5}}{2}", @"\frac{2}{\sqrt{5}-1}", @"\frac{1-\sqrt{5}}{2}"),
        ("polynomial", "(x-1)(x+2)(x-3)", "x^3-2x^2-5x+6", "x^3-2x^2-5x-6"),
        ("rational function", @"\frac{2x}{x^2-1}", @"\frac{1}{x-1}+\frac{1}{x+1}", @"\frac{1}{x-1}-\frac{1}{x+1}"),
        ("trigonometric", @"\sin^2 x", @"1-\cos^2 x", @"1+\cos^2 x"),
        ("set", @"\{1,2,3,4\}", @"\{4,3,2,1\}", @"\{1,2,3,5\}"),
        ("tuple", @"(1,\frac{9}{2})", "(1, 4.5)", "(4.5, 1)"),
        ("interval", @"(-\infty,1)\cup[3,\infty)", @"x<1 \text{ or } x \ge 3", @"x<1 \text{ or } x > 3"),
        ("equation", "y=2x+3", "2x-y+3=0", "2x-y-3=0"),
        ("matrix", @"\begin{pmatrix}1&2\\3&4\end{pmatrix}", @"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", @"\begin{pmatrix}1&2\\3&5\end{pmatrix}"),
        ("text", @"\text{Monday}", "monday", "Tuesday"),
    ];

    public string Name => "math-verifier";

    public string Description => "verdicts a second on one core by kind of answer, against the last box compared as a string; and by length of the response";

    public IEnumerable<Measurement> Run()
    {
        // All kinds share code: without this the first ones would be measured before it is compiled for speed.
        for (var i = 0; i < 3000; i++)
            foreach (var c in Cases) MathVerifier.Verify(c.Reference, Short(c.Right));
        foreach (var (kind, reference, right, wrong) in Cases)
            yield return PerSecond($"math-verifier, {kind}", [(reference, Short(right)), (reference, Short(wrong))]);
        yield return PerSecond("math-verifier, all kinds in turn", [.. Cases.SelectMany(c => new[] { (c.Reference, Short(c.Right)), (c.Reference, Short(c.Wrong)) })]);
        foreach (var (kind, unit) in HostileTexts.Units)
        {
            yield return Growth($"math-verifier, 32,000 characters of {kind}, box", unit, @"\boxed{42}", MathVerifierOptions.Strict);
            yield return Growth($"math-verifier, 32,000 characters of {kind}, no box", unit, "} so the answer is 42", MathVerifierOptions.Lenient);
        }
    }

    private static string Short(string answer) => $@"We compute this step by step, check the result, and find that the answer is \boxed{{{answer}}}.";

    private static Measurement PerSecond(string name, (string Reference, string Response)[] pairs)
    {
        var times = InTurn.Milliseconds(name, () => { foreach (var p in pairs) MathVerifier.Verify(p.Reference, p.Response); },
            "last box as a string", () => { foreach (var p in pairs) IsSameString(p.Reference, p.Response); }, seconds: 2);
        return new Measurement(name, "1/s", pairs.Length * 1000 / times.Ours, times.Baseline, pairs.Length * 1000 / times.BaselineValue);
    }

    /// <summary>Time of a long response against a short one.</summary>
    /// <remarks>
    /// Ten short ones in turn with one long one, so that both windows last about as long. Where other programs want the processor, a window
    /// of 20 ms is interrupted and one of 2 ms mostly is not: medians of such windows once showed a growth of 13 to 56 where it was 10.
    /// </remarks>
    private static Measurement Growth(string name, string unit, string end, MathVerifierOptions options)
    {
        var (longer, shorter) = (HostileTexts.Repeat(unit, 32_000) + end, HostileTexts.Repeat(unit, 3_200) + end);
        var times = InTurn.Milliseconds(name, () => MathVerifier.Verify("42", longer, options), "3,200 characters", () =>
        {
            for (var i = 0; i < 10; i++) MathVerifier.Verify("42", shorter, options);
        }, seconds: 0.5, warmup: 100);
        return times with { BaselineValue = times.BaselineValue / 10 };
    }

    /// <summary>What simple graders do: the text between the last \boxed{ and the last brace, without blanks.</summary>
    private static bool IsSameString(string reference, string response)
    {
        var open = response.LastIndexOf(@"\boxed{", StringComparison.Ordinal);
        var close = response.LastIndexOf('}');
        return open >= 0 && close > open
            && response[(open + 7)..close].Replace(" ", "", StringComparison.Ordinal) == reference.Replace(" ", "", StringComparison.Ordinal);
    }
}
