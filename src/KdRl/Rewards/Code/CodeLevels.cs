using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards.Code;

/// <summary>The levels of <see cref="CodeScoring.Staged"/>: they must not fall from one to the next.</summary>
/// <remarks>Small by default: a policy that writes code that merely runs must not live on it.</remarks>
public sealed record CodeLevels
{
    /// <summary>There is no code block.</summary>
    /// <value>The default value is 0.</value>
    [Range(-1.0, 1.0)]
    public double NoCode { get; set; }

    /// <summary>The code does not compile.</summary>
    /// <value>The default value is 0.</value>
    [Range(-1.0, 1.0)]
    public double SyntaxError { get; set; }

    /// <summary>It compiles, and crashes or overruns a limit in every test.</summary>
    /// <value>The default value is 0.05.</value>
    [Range(-1.0, 1.0)]
    public double Crash { get; set; } = 0.05;

    /// <summary>It runs: r₃ of the score r₃ + (1 − r₃) · p, where p is the share of tests that passed.</summary>
    /// <value>The default value is 0.1.</value>
    [Range(-1.0, 1.0, MaximumIsExclusive = true)]
    public double Runs { get; set; } = 0.1;
}
