using KdRl.Distillation;
using KdRl.Training;

namespace KdRl.Tests.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void At_Warmup_RisesFromAShareAboveZeroToThePeak()
    {
        var schedule = new LearningRateSchedule(new LearningRateOptions { Peak = 0.8, WarmupSteps = 4 }, 10);

        Assert.Equal([0.2, 0.4, 0.6, 0.8, 0.8, 0.8], Enumerable.Range(0, 6).Select(s => Math.Round(schedule.At(s), 12)));
    }

    [Fact]
    public void At_LinearDecay_FallsToItsEnd()
    {
        var schedule = new LearningRateSchedule(new LearningRateOptions { Peak = 1, Decay = LearningRateDecay.Linear, FinalShare = 0.2 }, 8);

        Assert.Equal([1, 0.9, 0.8], Enumerable.Range(0, 3).Select(s => Math.Round(schedule.At(s), 12)));
        Assert.Equal(0.2, schedule.At(8), 12);
    }

    [Fact]
    public void At_CosineDecayAfterWarmup_EndsAtATenthByDefault()
    {
        var schedule = new LearningRateSchedule(new LearningRateOptions { Peak = 1, WarmupSteps = 5, Decay = LearningRateDecay.Cosine }, 25);

        Assert.Equal(1, schedule.At(4), 12);
        Assert.Equal(0.55, schedule.At(14), 12);
        Assert.Equal(0.1, schedule.At(24), 12);
    }

    [Fact]
    public void At_OwnSchedule_IsUsed() =>
        Assert.Equal(0.5, new LearningRateSchedule(new LearningRateOptions { Schedule = new StepSwitchSchedule(1, 0.5, 3) }, 10).At(3));
}
