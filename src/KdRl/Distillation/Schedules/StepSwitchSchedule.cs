namespace KdRl.Distillation;

/// <summary>One coefficient before a step, another from that step on.</summary>
/// <remarks>OPD-then-RL (arXiv 2609.04108) distils for 60 steps and then stops: <c>new StepSwitchSchedule(1, 0, 60)</c>.</remarks>
public sealed record StepSwitchSchedule : ICoefficientSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="first">Coefficient before the switch; finite, not negative.</param>
    /// <param name="second">Coefficient from the switch on; finite, not negative.</param>
    /// <param name="at">First step with the second coefficient, counted from 0; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public StepSwitchSchedule(double first, double second, long at)
    {
        First = CoefficientChecks.Coefficient(first, nameof(first));
        Second = CoefficientChecks.Coefficient(second, nameof(second));
        SwitchAt = CoefficientChecks.NotNegative(at, nameof(at));
    }

    /// <summary>Coefficient before the switch.</summary>
    public double First { get; }

    /// <summary>Coefficient from the switch on.</summary>
    public double Second { get; }

    /// <summary>First step with the second coefficient.</summary>
    public long SwitchAt { get; }

    /// <inheritdoc/>
    public double At(long step)
    {
        CoefficientChecks.Step(step);
        return step < SwitchAt ? First : Second;
    }
}
