namespace KdRl.Distillation;

/// <summary>Falls by the same amount each step down to a floor: max(start − perStep · step, floor).</summary>
/// <remarks>
/// KDRL-Annealing, arXiv 2506.02208 section 3.3: strong guidance early, room to improve later. With the defaults the floor is
/// reached after 80 steps.
/// </remarks>
public sealed record LinearAnnealSchedule : ICoefficientSchedule
{
    /// <summary>Coefficient of the first update in the paper.</summary>
    public const double DefaultStart = 5e-3;

    /// <summary>Floor in the paper.</summary>
    public const double DefaultFloor = 1e-3;

    /// <summary>Fall per step in the paper.</summary>
    public const double DefaultPerStep = 5e-5;

    /// <summary>Makes the schedule.</summary>
    /// <param name="start">Coefficient of the first update; finite, not negative. The default is the paper's 5e-3.</param>
    /// <param name="floor">Smallest coefficient; finite, not negative, at most <paramref name="start"/>. The default is the paper's 1e-3.</param>
    /// <param name="perStep">Fall per step; finite, not negative. The default is the paper's 5e-5.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, NaN or infinite, or the floor lies above the start.</exception>
    public LinearAnnealSchedule(double start = DefaultStart, double floor = DefaultFloor, double perStep = DefaultPerStep)
    {
        Start = CoefficientChecks.Coefficient(start, nameof(start));
        Floor = CoefficientChecks.Coefficient(floor, nameof(floor));
        PerStep = CoefficientChecks.Coefficient(perStep, nameof(perStep));
        if (floor > start)
            throw new ArgumentOutOfRangeException(nameof(floor), floor, $"'floor' must not exceed 'start' ({start}); found {floor}.");
    }

    /// <summary>Coefficient of the first update.</summary>
    public double Start { get; }

    /// <summary>Smallest coefficient.</summary>
    public double Floor { get; }

    /// <summary>Fall per step.</summary>
    public double PerStep { get; }

    /// <inheritdoc/>
    public double At(long step)
    {
        CoefficientChecks.Step(step);
        return Math.Max(Start - PerStep * step, Floor);
    }
}
