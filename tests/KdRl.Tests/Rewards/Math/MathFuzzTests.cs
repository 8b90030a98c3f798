using System.Globalization;

namespace KdRl.Tests.Rewards;

public class MathFuzzTests
{
    private static readonly string[] RealAnswers = [.. MathCases.Read("Equivalence.cases.txt").SelectMany(c => new[] { c.Reference, c.Answer }).Distinct()];

    /// <summary>
    /// No input throws, exceeds its steps or judges differently when seen again. Set KDRL_MATH_FUZZ to run more inputs, ten million for a release.
    /// </summary>
    [Fact]
    public void Verify_HostileInput_NeverThrowsOverrunsOrWavers()
    {
        var inputs = long.Parse(Environment.GetEnvironmentVariable("KDRL_MATH_FUZZ") ?? "20000", CultureInfo.InvariantCulture);
        var report = MathFuzzRun.Run(inputs, RealAnswers);

        Assert.Empty(report.Failures);
        Assert.Equal(inputs, report.Inputs);
        Assert.InRange(report.Correct, 1, inputs - 1);
    }
}
