using KdRl.Distillation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Distillation.Schedules;

public class CoefficientScheduleOptionsTests
{
    [Fact]
    public void Create_EachKind_MakesItsSchedule()
    {
        Assert.Equal(new ConstantSchedule(2e-3), new CoefficientScheduleOptions().Create());
        Assert.Equal(new ConstantSchedule(0), new CoefficientScheduleOptions { Start = 0 }.Create());
        Assert.Equal(new LinearAnnealSchedule(5e-3, 1e-3, 5e-5), new CoefficientScheduleOptions { Kind = CoefficientScheduleKind.LinearAnneal }.Create());
        Assert.Equal(new LinearAnnealSchedule(.2, .002, .01), new CoefficientScheduleOptions { Kind = CoefficientScheduleKind.LinearAnneal, Start = .2, End = .002, PerStep = .01 }.Create());
        Assert.Equal(new LinearToZeroSchedule(2e-3, 200), new CoefficientScheduleOptions { Kind = CoefficientScheduleKind.LinearToZero, Start = 2e-3, Steps = 200 }.Create());
        Assert.Equal(new StepSwitchSchedule(1, 0, 60), new CoefficientScheduleOptions { Kind = CoefficientScheduleKind.StepSwitch, Start = 1, Steps = 60 }.Create());
        Assert.Equal(new CosineSchedule(1, .1, 60), new CoefficientScheduleOptions { Kind = CoefficientScheduleKind.Cosine, Start = 1, End = .1, Steps = 60 }.Create());
        Assert.Equal(new WarmupSchedule(5, new ConstantSchedule(1)), new CoefficientScheduleOptions { Start = 1, WarmupSteps = 5 }.Create());
    }

    [Theory]
    [InlineData(CoefficientScheduleKind.Constant, null, 1.0, null, null, "End is 1")]
    [InlineData(CoefficientScheduleKind.Constant, null, null, 1.0, null, "PerStep is 1")]
    [InlineData(CoefficientScheduleKind.Constant, null, null, null, 1L, "Steps is 1")]
    [InlineData(CoefficientScheduleKind.LinearAnneal, null, null, null, 1L, "Steps is 1")]
    [InlineData(CoefficientScheduleKind.LinearAnneal, 1e-4, null, null, null, "floor")]
    [InlineData(CoefficientScheduleKind.LinearToZero, 1.0, 0.0, null, 1L, "End is 0")]
    [InlineData(CoefficientScheduleKind.LinearToZero, null, null, null, 1L, "Start is not set")]
    [InlineData(CoefficientScheduleKind.LinearToZero, 1.0, null, null, 0L, "steps")]
    [InlineData(CoefficientScheduleKind.StepSwitch, 1.0, null, null, null, "Steps is not set")]
    [InlineData(CoefficientScheduleKind.Cosine, 1.0, null, .1, 3L, "PerStep is 0.1")]
    [InlineData(CoefficientScheduleKind.Constant, -1.0, null, null, null, "value")]
    [InlineData((CoefficientScheduleKind)99, 1.0, null, null, null, "Kind is 99")]
    public void Create_BadFields_SaysWhich(CoefficientScheduleKind kind, double? start, double? end, double? perStep, long? steps, string expected)
    {
        var options = new CoefficientScheduleOptions { Kind = kind, Start = start, End = end, PerStep = perStep, Steps = steps };
        Assert.Contains(expected, Assert.Throws<OptionsValidationException>(options.Create).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NegativeWarmup_Throws() =>
        Assert.Contains("WarmupSteps is -1", Assert.Throws<OptionsValidationException>(new CoefficientScheduleOptions { WarmupSteps = -1 }.Create).Message, StringComparison.Ordinal);

    [Fact]
    public void Bind_FromConfiguration_ReadsAndRefusesUnknownNames()
    {
        static CoefficientScheduleOptions Bound(params (string, string)[] values) => new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Item1, (string?)v.Item2))).Build()
            .Get<CoefficientScheduleOptions>(binder => binder.ErrorOnUnknownConfiguration = true)!;

        Assert.Equal(new StepSwitchSchedule(.2, .002, 7), Bound(("Kind", "StepSwitch"), ("Start", "0.2"), ("End", "0.002"), ("Steps", "7")).Create());
        Assert.Throws<InvalidOperationException>(() => Bound(("Kind", "Constant"), ("Sart", "1")));
    }
}
