namespace KdRl.Distillation;

/// <summary>Moves along half a cosine and stays at its end: end + (start − end)/2 · (1 + cos(π · min(step/steps, 1))).</summary>
public sealed record CosineSchedule : ICoefficientSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="start">Coefficient of the first update; finite, not negative.</param>
    /// <param name="end">Coefficient after the last step; finite, not negative, may lie above the start.</param>
    /// <param name="steps">Step at which the end is reached; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public CosineSchedule(double start, double end, long steps)
    {
        Start = CoefficientChecks.Coefficient(start, nameof(start));
        End = CoefficientChecks.Coefficient(end, nameof(end));
        Steps = CoefficientChecks.Positive(steps, nameof(steps));
    }

    /// <summary>Coefficient of the first update.</summary>
    public double Start { get; }

    /// <summary>Coefficient after the last step.</summary>
    public double End { get; }

    /// <summary>Step at which the end is reached.</summary>
    public long Steps { get; }

    /// <inheritdoc/>
    public double At(long step)
    {
        CoefficientChecks.Step(step);
        return step >= Steps ? End : End + (Start - End) / 2 * (1 + Math.Cos(Math.PI * step / Steps));
    }
}
