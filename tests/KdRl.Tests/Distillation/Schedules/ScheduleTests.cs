using FsCheck.Xunit;
using KdRl.Distillation;

namespace KdRl.Tests.Distillation.Schedules;

public class ScheduleTests
{
    [Theory]
    [InlineData(0, 5e-3)]
    [InlineData(1, 4.95e-3)]
    [InlineData(40, 3e-3)]
    [InlineData(79, 1.05e-3)]
    [InlineData(80, 1e-3)]
    [InlineData(280, 1e-3)]
    public void LinearAnneal_PaperDefaults_HasThePaperValues(long step, double expected) =>
        Assert.Equal(expected, new LinearAnnealSchedule().At(step), 12);

    [Fact]
    public void LinearAnneal_PaperDefaults_HasThePaperMean() =>
        Assert.Equal(1.578571e-3, Enumerable.Range(0, 280).Average(step => new LinearAnnealSchedule().At(step)), 9);

    [Theory]
    [InlineData(100, 1e-3)]
    [InlineData(200, 0)]
    [InlineData(300, 0)]
    public void LinearToZero_TwoHundredSteps_HasThePaperValues(long step, double expected) =>
        Assert.Equal(expected, new LinearToZeroSchedule(2e-3, 200).At(step), 12);

    [Fact]
    public void StepSwitch_AtSixty_ChangesFromStepSixtyOn()
    {
        var schedule = new StepSwitchSchedule(1, 0, 60);
        Assert.All(Enumerable.Range(0, 60), step => Assert.Equal(1, schedule.At(step)));
        Assert.All(Enumerable.Range(60, 60), step => Assert.Equal(0, schedule.At(step)));
    }

    [Fact]
    public void Cosine_HalfWay_IsTheMean()
    {
        var schedule = new CosineSchedule(4, 2, 10);
        Assert.Equal(4, schedule.At(0));
        Assert.Equal(3, schedule.At(5), 12);
        Assert.Equal(2, schedule.At(10));
        Assert.Equal(2, schedule.At(1000));
        Assert.Equal(2 + 1 + Math.Cos(Math.PI * .3), schedule.At(3), 12);
    }

    [Fact]
    public void Warmup_ThenAnneal_RisesAndThenStartsAfresh()
    {
        var schedule = new WarmupSchedule(10, new LinearAnnealSchedule());
        Assert.Equal(0, schedule.At(0));
        Assert.Equal(2.5e-3, schedule.At(5), 12);
        Assert.Equal(5e-3, schedule.At(10), 12);
        Assert.Equal(4.95e-3, schedule.At(11), 12);
        Assert.Equal(5e-3, new WarmupSchedule(0, new LinearAnnealSchedule()).At(0));
    }

    [Property]
    public void Anneals_AnyStep_FallAndKeepTheirBounds(ushort first, ushort more)
    {
        ICoefficientSchedule[] schedules = [new LinearAnnealSchedule(), new LinearToZeroSchedule(5e-3, 300), new CosineSchedule(5e-3, 1e-3, 300), new StepSwitchSchedule(5e-3, 0, 60)];
        foreach (var schedule in schedules)
        {
            var (early, late) = (schedule.At(first), schedule.At((long)first + more));
            Assert.True(late <= early);
            Assert.InRange(late, 0, 5e-3);
        }
        Assert.True(new LinearAnnealSchedule().At(first) >= 1e-3);
        Assert.Equal(7, new ConstantSchedule(7).At(first));
    }

    [Fact]
    public void Schedules_NegativeStep_Throw()
    {
        ICoefficientSchedule[] schedules =
        [
            new ConstantSchedule(1), new LinearAnnealSchedule(), new LinearToZeroSchedule(1, 1), new StepSwitchSchedule(1, 0, 1), new CosineSchedule(1, 0, 1),
            new WarmupSchedule(0, new ConstantSchedule(1)), new WarmupSchedule(5, new ConstantSchedule(1)),
        ];
        Assert.All(schedules, schedule => Assert.Equal("step", Assert.Throws<ArgumentOutOfRangeException>(() => schedule.At(-1)).ParamName));
    }

    [Fact]
    public void Schedules_BadNumbers_Throw()
    {
        foreach (var bad in new[] { -1e-9, double.NaN, double.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule(bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new LinearAnnealSchedule(start: bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new LinearAnnealSchedule(floor: bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new LinearAnnealSchedule(perStep: bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new LinearToZeroSchedule(bad, 5));
            Assert.Throws<ArgumentOutOfRangeException>(() => new StepSwitchSchedule(bad, 0, 5));
            Assert.Throws<ArgumentOutOfRangeException>(() => new StepSwitchSchedule(0, bad, 5));
            Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(bad, 0, 5));
            Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(0, bad, 5));
        }
        Assert.Equal("floor", Assert.Throws<ArgumentOutOfRangeException>(() => new LinearAnnealSchedule(1e-3, 2e-3)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearToZeroSchedule(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepSwitchSchedule(1, 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmupSchedule(-1, new ConstantSchedule(1)));
    }
}
