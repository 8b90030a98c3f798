using KdRl.Objectives;
using KdRl.TestSupport;
using KdRl.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Training.Options;

[Collection("torch")]
public class KdrlTrainerOptionsTests
{
    public static TheoryData<string, Action<KdrlTrainerOptions>> Refused => new()
    {
        { "Steps", o => o.Steps = 0 },
        { "GroupSize", o => o.Sampling.GroupSize = 0 },
        { "Peak", o => o.LearningRate.Peak = -1 },
        { "Temperature is 0", o => o.Sampling.Temperature = 0 },
        { "Sampling.Seed", o => o.Sampling.Seed = 3 },
        { "MiniBatches is 9", o => o.MiniBatches = 9 },
        { "FinalShare", o => o.LearningRate.FinalShare = 0.5 },
        { "SamplesPerPrompt", o => o.Evaluation.SamplesPerPrompt = 4 },
        { "Evaluation.K", o => o.Evaluation.K = 2 },
        { "EarlyStop", o => (o.EarlyStop.Patience, o.Evaluation.Every) = (2, 0) },
        { "MinImprovement", o => o.EarlyStop.MinImprovement = 0.1 },
        { "no teacher", o => o.Objective = KdrlOptions.Kdrl() },
        { "no reference model", o => o.Objective.ReferenceKl = new ReferenceKlOptions() },
        { "nothing to learn from", o => o.Objective.UseRewards = false },
        { "groups of one", o => (o.DynamicSampling.MaxRefillRounds, o.Sampling.GroupSize) = (1, 1) },
        { "Output.Folder", o => o.Output.Folder = " " },
        { "MaxGradientNorm", o => o.Optimizer.MaxGradientNorm = -1 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Trainer_OptionThatCannotWork_IsRefusedByName(string expected, Action<KdrlTrainerOptions> change)
    {
        using var toy = new ToyRun();
        var options = ToyRun.Options(5);
        change(options);

        var failure = Assert.Throws<OptionsValidationException>(() => toy.Trainer(options));

        Assert.Contains(failure.Failures, f => f.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Bind_KnownKeys_AreRead()
    {
        var options = KdrlTrainerOptions.Bind(Configuration(("Steps", "7"), ("Sampling:GroupSize", "3"), ("LearningRate:Decay", "Cosine"), ("Objective:Distillation:Term:Gate", "WrongResponses")));

        Assert.Equal((7, 3, LearningRateDecay.Cosine), (options.Steps, options.Sampling.GroupSize, options.LearningRate.Decay));
        Assert.Equal(KdRl.Distillation.DistillationGateKind.WrongResponses, options.Objective.Distillation!.Term.Gate);
    }

    [Theory]
    [InlineData("Stepz")]
    [InlineData("Sampling:GroupSizes")]
    [InlineData("LearningRate:Warmup")]
    public void Bind_UnknownKey_IsAnError(string key)
    {
        var failure = Assert.Throws<InvalidOperationException>(() => KdrlTrainerOptions.Bind(Configuration((key, "1"))));

        Assert.StartsWith($"{key} is no option; expected one of ", failure.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
}
