namespace KdRl.Distillation;

/// <summary>A coefficient as a pure function of the step, so that a run resumes from the step counter alone.</summary>
public interface ICoefficientSchedule
{
    /// <summary>The coefficient of an update.</summary>
    /// <param name="step">Optimiser steps completed before the update: 0 for the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    double At(long step);
}
