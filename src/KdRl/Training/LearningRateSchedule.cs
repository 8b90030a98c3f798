using KdRl.Distillation;

namespace KdRl.Training;

/// <summary>The learning rate by step: warm-up that starts above zero, so that the first update is not wasted, then decay over the rest of the run.</summary>
internal sealed class LearningRateSchedule : ICoefficientSchedule
{
    private readonly ICoefficientSchedule inner;
    private readonly bool hasWarmup;

    public LearningRateSchedule(LearningRateOptions options, long steps)
    {
        hasWarmup = options.WarmupSteps > 0;
        var decay = options.Schedule ?? Decay(options, Math.Max(1, steps - options.WarmupSteps));
        inner = hasWarmup ? new WarmupSchedule(options.WarmupSteps, decay) : decay;
    }

    // WarmupSchedule gives 0 at its step 0; one step on it gives 1/warm-up of the peak.
    public double At(long step) => inner.At(hasWarmup ? step + 1 : step);

    private static ICoefficientSchedule Decay(LearningRateOptions options, long steps)
    {
        var end = options.Peak * (options.FinalShare ?? LearningRateOptions.DefaultFinalShare);
        return options.Decay switch
        {
            LearningRateDecay.Linear => new LinearAnnealSchedule(options.Peak, end, (options.Peak - end) / steps),
            LearningRateDecay.Cosine => new CosineSchedule(options.Peak, end, steps),
            _ => new ConstantSchedule(options.Peak),
        };
    }
}
