namespace KdRl.Distillation;

/// <summary>The same coefficient at every step.</summary>
/// <remarks>KDRL (arXiv 2506.02208) uses 2e-3 for mathematics; logic puzzles wanted 0.02 to 0.2 and pure distillation uses 1.</remarks>
public sealed record ConstantSchedule : ICoefficientSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="value">The coefficient; finite, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The coefficient is negative, NaN or infinite.</exception>
    public ConstantSchedule(double value) => Value = CoefficientChecks.Coefficient(value, nameof(value));

    /// <summary>The coefficient.</summary>
    public double Value { get; }

    /// <inheritdoc/>
    public double At(long step)
    {
        CoefficientChecks.Step(step);
        return Value;
    }
}
