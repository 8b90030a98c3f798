using System.Globalization;
using Xunit.Abstractions;

namespace KdRl.Tests.Rewards;

public class MathFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] RealAnswers = [.. MathCases.Read(MathCases.Equivalence).SelectMany(c => new[] { c.Reference, c.Answer }).Distinct()];

    /// <summary>
    /// No input throws, exceeds its steps or judges differently when seen again. Set KDRL_MATH_FUZZ to run more inputs, ten million for a
    /// release, and KDRL_MATH_FUZZ_SEED to run others.
    /// </summary>
    [Fact]
    public void Verify_HostileInput_NeverThrowsOverrunsOrWavers()
    {
        var (inputs, seed) = (Setting("KDRL_MATH_FUZZ", 20_000), Setting("KDRL_MATH_FUZZ_SEED", 1));
        var report = MathFuzzRun.Run(inputs, seed, RealAnswers);

        output.WriteLine(FormattableString.Invariant(
            $"seed {seed}: {report.Inputs} inputs, {report.Failures.Count} failures, {report.Correct} correct, {report.Exceeded} over the budget, at most {report.MaxSteps} steps, {report.Reflexive} with themselves, {report.Symmetric} both ways, live bytes {report.Memory.Early} early and {report.Memory.Late} late"));
        Assert.Empty(report.Failures);
        Assert.Equal(inputs, report.Inputs);
        Assert.InRange(report.Correct, 1, inputs - 1);
    }

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
