using KdRl.Objectives;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models.Experts;

/// <summary>A sandwich of grouped experts goes through both trainers like any model.</summary>
[Collection("torch")]
public class ExpertTrainingTests
{
    private static readonly TransformerConfig Config = new()
    {
        Family = ModelFamily.Pangu, SandwichNorm = true, HiddenSize = 24, IntermediateSize = 8, Layers = 2, AttentionHeads = 2, VocabularySize = 11, MaxPositions = 32,
        Experts = new ExpertConfig { Count = 8, PerToken = 4, Groups = 4, SharedIntermediateSize = 8, BalanceCoefficient = 0.01 },
    };

    private static CausalLM Model() => CausalLM.Create(Config, 3);

    [Fact]
    public async Task RunAsync_SupervisedTrainer_LowersTheLoss()
    {
        using var thread = new TorchThread();
        using var model = await thread.RunAsync(Model);
        var examples = Enumerable.Range(0, 20).Select(i => new SupervisedExample([i % 10, (i + 3) % 10], [.. Enumerable.Range(0, 1 + i % 4).Select(j => (i + j) % 10), 10])).ToArray();
        // Micro-batches of a few rows, so that padding and several shares of the balance loss occur.
        using var trainer = new SupervisedTrainer(model, thread, examples, new SupervisedTrainerOptions { Steps = 40, BatchSize = 20, MicroBatchTokens = 40, LearningRate = new LearningRateOptions { Peak = 0.02 } });
        var steps = await trainer.RunAsync().ToListAsync();
        Assert.All(steps, step => Assert.False(step.IsSkipped));
        Assert.InRange(steps[0].Loss, 2.0, 2.8);
        Assert.True(steps[^1].Loss < 0.5 * steps[0].Loss, $"{steps[0].Loss} to {steps[^1].Loss}");
    }

    [Fact]
    public async Task RunAsync_KdrlTrainer_RaisesTheRewardAndReportsTheBalanceLoss()
    {
        using var thread = new TorchThread();
        using var model = await thread.RunAsync(Model);
        using var trainer = new KdrlTrainer(
            new KdrlTrainerParts
            {
                Policy = model,
                Engine = new SamplingEngine(model, LetterTask.Tokenizer, thread),
                Thread = thread,
                Reward = LetterTask.Reward,
                Prompts = LetterTask.Prompts,
            },
            new KdrlTrainerOptions
            {
                Steps = 25, PromptsPerStep = 2, Objective = KdrlOptions.Grpo(), Sampling = new SamplingOptions { GroupSize = 8, MaxNewTokens = 4 },
                LearningRate = new LearningRateOptions { Peak = 0.01 }, Evaluation = new EvaluationOptions { Every = 0 }, Checkpoints = new CheckpointOptions { Every = 0 },
            });
        var steps = await trainer.RunAsync().ToListAsync();
        Assert.True(steps[^1][MetricNames.Reward] > steps[0][MetricNames.Reward] + 0.3, $"{steps[0][MetricNames.Reward]} to {steps[^1][MetricNames.Reward]}");
        // Two layers, each at least near α for a load that is not far from even.
        Assert.All(steps, step => Assert.InRange(step[MetricNames.AuxiliaryLoss], 0.015, 0.08));
    }

    [Fact]
    public async Task RunAsync_BalanceLoss_EvensOutTheLoadOfTheExperts()
    {
        async Task<double> Spread(double coefficient)
        {
            using var thread = new TorchThread();
            using var model = await thread.RunAsync(() => CausalLM.Create(Config with { Layers = 1, Experts = Config.Experts! with { BalanceCoefficient = coefficient } }, 3));
            SupervisedExample[] examples = [.. Enumerable.Range(0, 30).Select(i => new SupervisedExample([i % 3], [i % 2, i % 5, 10]))];
            using var trainer = new SupervisedTrainer(model, thread, examples, new SupervisedTrainerOptions { Steps = 60, BatchSize = 30, LearningRate = new LearningRateOptions { Peak = 0.01 } });
            await trainer.RunAsync().ToListAsync();
            return await thread.RunAsync(() =>
            {
                using var scope = NewDisposeScope();
                using var auxiliary = AuxiliaryLosses.Collect();
                new ScoredRows([.. examples.Select(e => new TokenSequence(e.Prompt, e.Completion))], CPU).Score(model, 1);
                return auxiliary.Total / coefficient;
            });
        }
        var (weak, strong) = (await Spread(1e-9), await Spread(1));
        Assert.True(strong < weak - 0.02, $"{weak} without, {strong} with");
    }
}
