using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.TestSupport;
using KdRl.Training;
using Microsoft.Extensions.Options;
using TorchSharp;

namespace KdRl.Tests.Training;

[Collection("torch")]
public sealed class KdrlTrainerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task RunAsync_ToyTask_Learns()
    {
        using var toy = new ToyRun();
        var options = ToyRun.Options(100);
        options.Evaluation.Every = 50;
        using var trainer = toy.Trainer(options);

        var steps = await All(trainer.RunAsync());

        Assert.Equal(Enumerable.Range(0, 101).Select(i => (long)i), steps.Select(s => s.Step));
        var first = steps.Skip(1).Take(10).Average(s => s[MetricNames.Reward]);
        var last = steps.TakeLast(10).Average(s => s[MetricNames.Reward]);
        Assert.True(last > 0.8 && first < 0.4, $"mean reward went from {first} to {last}");
        Assert.Equal([0, 50, 100], steps.Where(s => s.Evaluation is not null).Select(s => s.Step));
        Assert.True(steps[^1].Evaluation!.Accuracy >= steps[0].Evaluation!.Accuracy);
        Assert.Equal(100, toy.Engine.PolicyVersion);
        Assert.All(steps.Skip(1), s => Assert.InRange(s[MetricNames.MismatchMax], 0, 1e-4));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 2)]
    public async Task RunAsync_WholeDistributions_MoveToTheTeacher(double beta, int updates)
    {
        using var toy = new ToyRun { Reward = null };
        var model = await toy.Thread.RunAsync(() =>
        {
            var teacher = new ToyModel(ToyTask.Vocabulary, seed: 5);
            foreach (var parameter in teacher.parameters()) parameter.DetachFromDisposeScope();
            return teacher;
        });
        var options = ToyRun.Options(60, folder.Path);
        options.UpdateEpochs = updates;
        options.Objective = KdrlOptions.PureDistillation();
        (options.Objective.Distillation!.Term.Support, options.Objective.Distillation.Term.DivergenceBeta) = (TeacherSupport.FullVocabulary, beta);
        using var trainer = toy.With(new ModelTeacher(model, toy.Thread)).Trainer(options);

        var steps = await All(trainer.RunAsync());

        Assert.True(steps.TakeLast(5).Average(s => s[MetricNames.TeacherDivergence]) < 0.3 * steps.Take(5).Average(s => s[MetricNames.TeacherDivergence]));
        Assert.True(steps.TakeLast(5).Average(s => s[MetricNames.TeacherKl]) < 0.4 * steps.Take(5).Average(s => s[MetricNames.TeacherKl]));
        Assert.All(steps[^1].Groups.SelectMany(g => g.Rollouts), r => Assert.Equal(r.Rollout.CompletionTokens.Length, r.TeacherLogProbs!.Length));
    }

    [Fact]
    public void Trainer_WholeDistributionsThatCannotBeCompared_AreRefusedWithTheReason()
    {
        using var elsewhere = new ToyRun(seed: 5);
        using var toy = new ToyRun();
        using var larger = new ToyModel(ToyTask.Vocabulary + 1);
        var options = ToyRun.Options(5);
        options.Objective = KdrlOptions.Kdrl();
        options.Objective.Distillation!.Term.Support = TeacherSupport.FullVocabulary;
        void Refused(string expected, ITeacher teacher) => Assert.Contains(expected,
            Assert.Throws<OptionsValidationException>(() => toy.With(teacher).Trainer(options)).Message, StringComparison.Ordinal);

        Refused("another torch thread", new ModelTeacher(elsewhere.Policy, elsewhere.Thread));
        Refused($"the teacher's vocabulary has {ToyTask.Vocabulary + 1} tokens", new ModelTeacher(larger, toy.Thread));
        Refused("log-probs of sampled tokens only", new TeacherRouter(new Dictionary<string, ITeacher> { ["a"] = new ModelTeacher(toy.Policy, toy.Thread) }, _ => "a"));
        options.Objective.Distillation.Term.Gate = DistillationGateKind.TrajectoryAgreement;
        Refused("TrajectoryAgreement", new ModelTeacher(toy.Policy, toy.Thread));
        options.Objective.Distillation.Term.Support = TeacherSupport.TopKWithTail;
        Refused("TopKWithTail", new ModelTeacher(toy.Policy, toy.Thread));
    }

    [Fact]
    public async Task RunAsync_PureDistillation_MovesToTheTeacher()
    {
        using var teacher = new ToyRun(seed: 5);
        using var toy = new ToyRun() { Reward = null }.With(new ModelTeacher(teacher.Policy, teacher.Thread));
        var options = ToyRun.Options(60);
        options.Objective = KdrlOptions.PureDistillation();
        using var trainer = toy.Trainer(options);

        var steps = await All(trainer.RunAsync());

        Assert.True(steps.TakeLast(5).Average(s => s[MetricNames.TeacherKl]) < 0.3 * steps.Take(5).Average(s => s[MetricNames.TeacherKl]));
        Assert.DoesNotContain(MetricNames.Reward, steps[0].Metrics.Keys);
        Assert.Equal(1, steps[0][MetricNames.Beta]);
    }

    [Fact]
    public async Task RunAsync_SmallMicroBatches_GiveTheSameWeightsUpToRounding()
    {
        float[] whole = await Weights(16384), split = await Weights(7);

        Assert.All(whole.Zip(split), p => Assert.Equal(p.First, p.Second, 1e-4));

        static async Task<float[]> Weights(int budget)
        {
            using var toy = new ToyRun();
            var options = ToyRun.Options(5);
            options.MicroBatchTokens = budget;
            using var trainer = toy.Trainer(options);
            await All(trainer.RunAsync());
            return await toy.Thread.RunAsync(() => toy.Policy.parameters().SelectMany(p => p.data<float>().ToArray()).ToArray());
        }
    }

    [Fact]
    public async Task RunAsync_SeveralUpdatesAStep_CountsThem()
    {
        using var toy = new ToyRun { Reward = ToyTask.Length };
        var options = ToyRun.Options(6);
        (options.UpdateEpochs, options.MiniBatches) = (2, 2);
        using var trainer = toy.Trainer(options);

        var steps = await All(trainer.RunAsync());

        Assert.Equal(24, toy.Engine.PolicyVersion);
        Assert.Equal(24, steps[^1][MetricNames.PolicyVersion]);
        Assert.Contains(steps, s => s["policy_kl"] > 0);
    }

    [Fact]
    public async Task RunAsync_Grpo_DoesNotAskTheTeacher()
    {
        var teacher = new CountingTeacher();
        using var toy = new ToyRun { Teacher = teacher };
        using var trainer = toy.Trainer(ToyRun.Options(3));

        await All(trainer.RunAsync());

        Assert.Equal(0, teacher.Calls);
    }

    [Fact]
    public async Task RunAsync_CoefficientSwitchedOff_StopsAskingTheTeacher()
    {
        var teacher = new CountingTeacher();
        using var toy = new ToyRun { Teacher = teacher };
        var options = ToyRun.Options(6);
        options.Objective = KdrlOptions.OpdThenRl(steps: 2);
        using var trainer = toy.Trainer(options);

        await All(trainer.RunAsync());

        Assert.Equal(2, teacher.Calls);
    }

    [Fact]
    public async Task RunAsync_MissingScores_AreLeftOut()
    {
        static IReward Failing(bool countsAsZero) => Reward.Create("half", r =>
            r.Rollout.CompletionTokens[0] % 2 == 1
                ? countsAsZero ? RewardOutcome.Scored(0) : RewardOutcome.Unscored(RewardStatus.TimedOut, "late")
                : RewardOutcome.Scored(r.Rollout.CompletionTokens.Length));
        var hashes = new List<string>();
        foreach (var countsAsZero in new[] { false, true })
        {
            using var toy = new ToyRun { Reward = Failing(countsAsZero) };
            using var trainer = toy.Trainer(ToyRun.Options(3));
            var steps = await All(trainer.RunAsync());
            if (!countsAsZero)
            {
                Assert.Contains(steps, s => s[MetricNames.Unscored] > 0);
                var scored = steps[0].Groups.SelectMany(g => g.Rollouts).Where(r => r.Outcome.Value is not null).ToArray();
                Assert.Equal(scored.Average(r => r.Outcome.Value!.Value), steps[0][MetricNames.Reward], 9);
            }

            hashes.Add(toy.Hash());
        }

        Assert.NotEqual(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task RunAsync_LossNotFinite_SkipsTheStepAndKeepsItsSamples()
    {
        using var toy = new ToyRun();
        var options = ToyRun.Options(4, folder.Path);
        options.Checkpoints.Every = 0;
        using var trainer = toy.Trainer(options);
        var before = "";
        var steps = new List<StepReport>();

        await foreach (var step in trainer.RunAsync())
        {
            steps.Add(step);
            if (step.Step == 1) await Poison(float.NaN);
            if (step.Step == 1) before = toy.Hash();
            if (step.Step != 2) continue;
            Assert.Equal(before, toy.Hash());
            await Poison(0.1f);
        }

        Assert.Equal([0, 1, 1, 1], steps.Select(s => s[MetricNames.SkippedUpdates]));
        Assert.Equal(3, toy.Engine.PolicyVersion);
        Assert.Contains(steps[1].Warnings, w => w.Contains("not finite", StringComparison.Ordinal));
        Assert.True(double.IsNaN(steps[1][MetricNames.Loss]) && double.IsFinite(steps[2][MetricNames.Loss]));
        Assert.NotEmpty(File.ReadAllLines(Path.Combine(folder.Path, "skipped", "step-2.jsonl")));

        // The stop token's head row: every distribution becomes NaN, or finite again.
        Task Poison(float value) => toy.Thread.RunAsync(() =>
        {
            using var off = torch.no_grad();
            toy.Policy.OutputWeight[0].fill_(value);
        });
    }

    [Fact]
    public async Task RunAsync_DynamicSampling_IsBounded()
    {
        using var toy = new ToyRun { Reward = Reward.Create("constant", _ => RewardOutcome.Scored(1)) };
        var options = ToyRun.Options(2);
        options.DynamicSampling.MaxRefillRounds = 3;
        using var trainer = toy.Trainer(options);

        var steps = await All(trainer.RunAsync());

        Assert.All(steps, s => Assert.Equal(3, s[MetricNames.RefillRounds]));
        Assert.All(steps, s => Assert.Equal(4, s.Groups.Count));
        Assert.Equal(2 * 4 * 4, toy.Engine.Asked.Count);
        Assert.Contains(steps[0].Warnings, w => w.Contains("equal scores", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_TwoHundredSteps_LeavesTheTensorCountFlat()
    {
        using var toy = new ToyRun();
        using var trainer = toy.Trainer(ToyRun.Options(210));
        var counts = new List<long>();

        await foreach (var step in trainer.RunAsync())
            if (step.Step >= 10) counts.Add(await toy.Thread.RunAsync(() => DisposeScopeManager.Statistics.ThreadTotalLiveCount));

        Assert.Equal(201, counts.Count);
        Assert.Single(counts.Distinct());
    }

    [Fact]
    public void Trainer_PartsThatDoNotFit_AreRefused()
    {
        using var nothing = new ToyRun { Reward = null };
        using var rewardOnly = new ToyRun();

        Assert.Throws<ArgumentException>(() => nothing.Trainer(new KdrlTrainerOptions()));
        var failure = Assert.Throws<OptionsValidationException>(() => rewardOnly.Trainer(new KdrlTrainerOptions()));
        Assert.Contains("there is no teacher", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static async Task<List<StepReport>> All(IAsyncEnumerable<StepReport> run)
    {
        var steps = new List<StepReport>();
        await foreach (var step in run) steps.Add(step);
        return steps;
    }

    private sealed class CountingTeacher : ITeacher
    {
        public int Calls { get; private set; }

        public Task<IReadOnlyList<float[]>> LogProbsAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct)
        {
            Calls++;
            return Task.FromResult<IReadOnlyList<float[]>>([.. rollouts.Select(r => r.LogProbs)]);
        }
    }
}
