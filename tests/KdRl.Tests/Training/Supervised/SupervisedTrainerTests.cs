using KdRl.TestSupport;
using KdRl.Tensors;
using KdRl.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Supervised;

[Collection("torch")]
public class SupervisedTrainerTests
{
    private static readonly SupervisedExample[] Examples =
        [.. ToyTask.Prompts.Select(p => new SupervisedExample(ToyEngine.Tokens(p.Text!), [int.Parse(p.Reference!), ToyEngine.Stop]))];

    [Fact]
    public async Task RunUntilAsync_AccuracyReached_Stops()
    {
        using var toy = new ToyRun();
        using var trainer = new SupervisedTrainer(toy.Policy, toy.Thread, Examples, Options(200));
        var examination = new Evaluator(toy.Engine, ToyTask.Reward, ToyTask.Prompts, new EvaluationOptions(), new() { MaxNewTokens = 3 }, seed: 0);
        var accuracy = 0.0;

        var last = await trainer.RunUntilAsync(async (step, ct) =>
        {
            if (step.Step % 5 != 0) return false;
            accuracy = (await examination.RunAsync(step.Step, ct)).Accuracy;
            return accuracy >= 0.9;
        });

        Assert.InRange(accuracy, 0.9, 1);
        Assert.InRange(last!.Step, 5, 195);
    }

    [Fact]
    public async Task RunAsync_FirstStep_ReportsTheMeanCrossEntropyOfTheBatch()
    {
        using var toy = new ToyRun();
        var expected = await toy.Thread.RunAsync(() =>
        {
            using var off = no_grad();
            var all = Examples.SelectMany(e => BatchScorer.LogProbs(toy.Policy, [new TokenSequence(e.Prompt, e.Completion)])[0]);
            return -all.Average();
        });
        var options = Options(1);
        (options.BatchSize, options.MicroBatchTokens) = (Examples.Length, 13);
        using var trainer = new SupervisedTrainer(toy.Policy, toy.Thread, Examples, options);

        SupervisedStep? first = null;
        await foreach (var step in trainer.RunAsync()) first = step;

        Assert.Equal(expected, first!.Loss, 1e-5);
        Assert.Equal(2 * Examples.Length, first.Tokens);
        Assert.False(first.IsSkipped);
    }

    [Fact]
    public async Task RunAsync_SmallMicroBatches_GiveTheSameLosses()
    {
        Assert.All((await Losses(16384)).Zip(await Losses(5)), p => Assert.Equal(p.First, p.Second, 1e-4));

        static async Task<List<double>> Losses(int budget)
        {
            using var toy = new ToyRun();
            var options = Options(5);
            options.MicroBatchTokens = budget;
            using var trainer = new SupervisedTrainer(toy.Policy, toy.Thread, Examples, options);
            var losses = new List<double>();
            await foreach (var step in trainer.RunAsync()) losses.Add(step.Loss);
            return losses;
        }
    }

    [Fact]
    public async Task RunAsync_ManySteps_LeavesTheTensorCountFlat()
    {
        using var toy = new ToyRun();
        using var trainer = new SupervisedTrainer(toy.Policy, toy.Thread, Examples, Options(200));
        var counts = new List<long>();

        await foreach (var step in trainer.RunAsync())
            if (step.Step >= 5) counts.Add(await toy.Thread.RunAsync(() => DisposeScopeManager.Statistics.ThreadTotalLiveCount));

        Assert.Single(counts.Distinct());
    }

    [Fact]
    public void Trainer_EmptyCompletion_IsRefusedByNumber()
    {
        using var toy = new ToyRun();

        var failure = Assert.Throws<ArgumentException>(() => new SupervisedTrainer(toy.Policy, toy.Thread, [Examples[0], new([1], [])], Options(1)));

        Assert.Contains("Example 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_LimitThatSplitsMicroBatches_TakesTheSameStep()
    {
        const long mebi = 1 << 20;
        var whole = await First(null, 1024);
        var split = await First(Environment.WorkingSet + 400 * mebi, 4 * mebi);
        Assert.Equal(16384, whole.Tokens);
        Assert.InRange(split.Tokens, 8, 64);
        Assert.Contains(split.Memory, line => line.Contains("split", StringComparison.Ordinal));
        Assert.Equal(whole.Loss, split.Loss, 1e-5);

        static async Task<(int Tokens, IReadOnlyList<string> Memory, double Loss)> First(long? limit, long bytesPerToken)
        {
            using var toy = new ToyRun();
            var options = Options(1);
            options.MemoryLimit = limit;
            using var trainer = new SupervisedTrainer(new HeavyToyModel(toy.Policy, bytesPerToken), toy.Thread, Examples, options);
            await foreach (var step in trainer.RunAsync()) return (trainer.MicroBatchTokens, trainer.Memory, step.Loss);
            throw new InvalidOperationException("There is a step.");
        }
    }

    [Fact]
    public void Trainer_ExampleThatCannotFit_IsRefusedWithTheNumbers()
    {
        using var toy = new ToyRun();
        var failure = Assert.Throws<InvalidOperationException>(() => new SupervisedTrainer(new HeavyToyModel(toy.Policy, 1L << 50), toy.Thread, Examples, Options(1)));
        Assert.Contains(nameof(SupervisedTrainerOptions.MemoryLimit), failure.Message, StringComparison.Ordinal);
    }

    private static SupervisedTrainerOptions Options(long steps) => new() { Steps = steps, BatchSize = 8, LearningRate = new LearningRateOptions { Peak = 0.03 } };
}
