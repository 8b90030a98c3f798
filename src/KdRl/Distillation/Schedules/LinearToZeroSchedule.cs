namespace KdRl.Distillation;

/// <summary>Falls in a straight line to zero and stays there: start · max(1 − step/steps, 0).</summary>
/// <remarks>TGPO (arXiv 2605.13230) takes 2e-3 to 0 over 200 steps.</remarks>
public sealed record LinearToZeroSchedule : ICoefficientSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="start">Coefficient of the first update; finite, not negative.</param>
    /// <param name="steps">First step with coefficient 0; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LinearToZeroSchedule(double start, long steps)
    {
        Start = CoefficientChecks.Coefficient(start, nameof(start));
        Steps = CoefficientChecks.Positive(steps, nameof(steps));
    }

    /// <summary>Coefficient of the first update.</summary>
    public double Start { get; }

    /// <summary>First step with coefficient 0.</summary>
    public long Steps { get; }

    /// <inheritdoc/>
    public double At(long step)
    {
        CoefficientChecks.Step(step);
        return step >= Steps ? 0 : Start * (1 - (double)step / Steps);
    }
}
