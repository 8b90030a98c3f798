using System.ComponentModel.DataAnnotations;
using KdRl.Distillation;

namespace KdRl.Training;

/// <summary>The learning rate of each step: warm-up, then decay.</summary>
public sealed class LearningRateOptions
{
    /// <summary>Where a decay ends when nothing else is said, as a share of the peak.</summary>
    public const double DefaultFinalShare = 0.1;

    /// <summary>The highest learning rate.</summary>
    /// <value>The default value is 1e-6, that of TRL and verl for models of billions of parameters; small models want 100 to 1000 times as much.</value>
    [Range(0.0, 10.0)]
    public double Peak { get; set; } = 1e-6;

    /// <summary>Steps of linear warm-up: update t, counted from 0, has peak · (t + 1) / warm-up. 0: none.</summary>
    /// <value>The default value is 0.</value>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; set; }

    /// <summary>How it falls after the warm-up, over what is left of the run.</summary>
    /// <value>The default value is <see cref="LearningRateDecay.Constant"/>.</value>
    public LearningRateDecay Decay { get; set; }

    /// <summary>Where the decay ends, as a share of the peak. Only for a decay.</summary>
    /// <value>The default value is null: 0.1.</value>
    [Range(0.0, 1.0)]
    public double? FinalShare { get; set; }

    /// <summary>A schedule of your own for after the warm-up, in place of peak and decay; its step 0 is the first step after the warm-up.</summary>
    /// <value>The default value is null.</value>
    public ICoefficientSchedule? Schedule { get; set; }
}
