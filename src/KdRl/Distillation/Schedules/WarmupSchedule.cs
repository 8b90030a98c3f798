namespace KdRl.Distillation;

/// <summary>
/// Rises in a straight line from 0 to the first coefficient of another schedule, then starts that schedule:
/// inner(0) · step/steps before <c>steps</c>, inner(step − steps) from then on.
/// </summary>
public sealed record WarmupSchedule : ICoefficientSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="steps">Steps of the rise; 0 leaves the inner schedule as it is.</param>
    /// <param name="inner">The schedule that follows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is negative.</exception>
    public WarmupSchedule(long steps, ICoefficientSchedule inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Steps = CoefficientChecks.NotNegative(steps, nameof(steps));
        Inner = inner;
    }

    /// <summary>Steps of the rise.</summary>
    public long Steps { get; }

    /// <summary>The schedule that follows.</summary>
    public ICoefficientSchedule Inner { get; }

    /// <inheritdoc/>
    public double At(long step)
    {
        CoefficientChecks.Step(step);
        return step < Steps ? Inner.At(0) * step / Steps : Inner.At(step - Steps);
    }
}
