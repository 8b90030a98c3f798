using Microsoft.Extensions.Options;

namespace KdRl.Distillation;

/// <summary>A coefficient schedule as configuration. Each kind reads the fields named at <see cref="CoefficientScheduleKind"/>; setting another one is an error.</summary>
public sealed class CoefficientScheduleOptions
{
    /// <summary>Coefficient of a constant schedule when none is given: KDRL's 2e-3 (arXiv 2506.02208).</summary>
    public const double DefaultConstant = 2e-3;

    /// <summary>Which schedule.</summary>
    /// <value>The default value is <see cref="CoefficientScheduleKind.Constant"/>.</value>
    public CoefficientScheduleKind Kind { get; set; } = CoefficientScheduleKind.Constant;

    /// <summary>Coefficient of the first update; finite, not negative.</summary>
    /// <value>The default value is null: 2e-3 for Constant, 5e-3 for LinearAnneal; the other kinds need a value.</value>
    public double? Start { get; set; }

    /// <summary>Last coefficient: the floor of LinearAnneal, the second value of StepSwitch, the end of Cosine; finite, not negative.</summary>
    /// <value>The default value is null: 1e-3 for LinearAnneal, 0 for StepSwitch and Cosine.</value>
    public double? End { get; set; }

    /// <summary>Fall per step of LinearAnneal; finite, not negative.</summary>
    /// <value>The default value is null: 5e-5.</value>
    public double? PerStep { get; set; }

    /// <summary>Length in steps: first step at 0 (LinearToZero), first step of the second value (StepSwitch), step of the end (Cosine).</summary>
    /// <value>The default value is null; LinearToZero, StepSwitch and Cosine need a value.</value>
    public long? Steps { get; set; }

    /// <summary>Steps of a linear rise from 0 to the first coefficient, before the schedule starts; not negative.</summary>
    /// <value>The default value is 0: no warm-up.</value>
    public long WarmupSteps { get; set; }

    /// <summary>Makes the schedule.</summary>
    /// <exception cref="OptionsValidationException">A field is missing, out of range, or set without effect on this kind.</exception>
    public ICoefficientSchedule Create()
    {
        var failures = Failures("").ToList();
        if (failures.Count > 0) throw new OptionsValidationException(nameof(CoefficientScheduleOptions), typeof(CoefficientScheduleOptions), failures);
        return WarmupSteps == 0 ? Bare() : new WarmupSchedule(WarmupSteps, Bare());
    }

    /// <summary>What is wrong with the fields; empty when <see cref="Create"/> succeeds.</summary>
    internal IEnumerable<string> Failures(string prefix)
    {
        if (!Enum.IsDefined(Kind))
            return [$"{prefix}Kind is {Kind}; expected one of {string.Join(", ", Enum.GetNames<CoefficientScheduleKind>())}."];
        var failures = Misplaced().Select(failure => prefix + failure).ToList();
        if (WarmupSteps < 0) failures.Add($"{prefix}WarmupSteps is {WarmupSteps}; expected 0 or more.");
        if (failures.Count > 0) return failures;
        try
        {
            Bare();
        }
        catch (ArgumentOutOfRangeException e)
        {
            failures.Add($"{prefix}Kind {Kind}: {e.Message}");
        }
        return failures;
    }

    private IEnumerable<string> Misplaced()
    {
        var (usesEnd, usesPerStep, usesSteps) = Kind switch
        {
            CoefficientScheduleKind.Constant => (false, false, false),
            CoefficientScheduleKind.LinearAnneal => (true, true, false),
            CoefficientScheduleKind.LinearToZero => (false, false, true),
            _ => (true, false, true),
        };
        if (Start is null && usesSteps) yield return $"Start is not set; {Kind} needs it.";
        if (Steps is null && usesSteps) yield return $"Steps is not set; {Kind} needs it.";
        if (End is not null && !usesEnd) yield return $"End is {End}, but {Kind} does not use it; leave it out.";
        if (PerStep is not null && !usesPerStep) yield return $"PerStep is {PerStep}, but {Kind} does not use it; leave it out.";
        if (Steps is not null && !usesSteps) yield return $"Steps is {Steps}, but {Kind} does not use it; leave it out.";
    }

    private ICoefficientSchedule Bare() => Kind switch
    {
        CoefficientScheduleKind.Constant => new ConstantSchedule(Start ?? DefaultConstant),
        CoefficientScheduleKind.LinearAnneal => new LinearAnnealSchedule(
            Start ?? LinearAnnealSchedule.DefaultStart, End ?? LinearAnnealSchedule.DefaultFloor, PerStep ?? LinearAnnealSchedule.DefaultPerStep),
        CoefficientScheduleKind.LinearToZero => new LinearToZeroSchedule(Start!.Value, Steps!.Value),
        CoefficientScheduleKind.StepSwitch => new StepSwitchSchedule(Start!.Value, End ?? 0, Steps!.Value),
        _ => new CosineSchedule(Start!.Value, End ?? 0, Steps!.Value),
    };
}
