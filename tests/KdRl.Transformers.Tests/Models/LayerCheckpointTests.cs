using System.Security.Cryptography;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

[Collection("torch")]
public class LayerCheckpointTests
{
    public static TheoryData<TransformerConfig> Configs()
    {
        TheoryData<TransformerConfig> result = [];
        foreach (var family in Enum.GetValues<ModelFamily>())
            for (var seed = 0; seed < 2; seed++) result.Add(TestModels.Random(family, seed) with { Layers = 3, SlidingLayers = null });
        result.Add(TestModels.Random(ModelFamily.Pangu, 0) with { SandwichNorm = true, Experts = new ExpertConfig { Count = 6, PerToken = 2, SharedIntermediateSize = 5, BalanceCoefficient = 0.5 } });
        return result;
    }

    [Theory]
    [MemberData(nameof(Configs), DisableDiscoveryEnumeration = true)]
    public void Hidden_GradientCheckpointing_GivesTheSameBitForBit(TransformerConfig config)
    {
        using var model = TestModels.Noisy(config);
        var (kept, again) = (Run(model, false, Loss), Run(model, true, Loss));
        Assert.Equal(kept.Loss, again.Loss);
        foreach (var (name, bytes) in kept.Gradients) Assert.True(bytes.SequenceEqual(again.Gradients[name]), name);

        Tensor Loss() => model.Hidden(tensor(new long[,] { { 3, 1, 4, 1, 5 }, { 9, 2, 6, 0, 0 } }), TestModels.Positions(2, 5), tensor(new[,] { { true, true, true, true, true }, { true, true, true, false, false } })).narrow(1, 0, 3).pow(2).sum();
    }

    [Theory]
    [MemberData(nameof(Configs), DisableDiscoveryEnumeration = true)]
    public void Score_GradientCheckpointingOfSharedPrompts_GivesTheSameUpToRounding(TransformerConfig config)
    {
        // The balance loss counts shared prompts once and copies of them each; all else is equal.
        if (config.Experts is { } experts) config = config with { Experts = experts with { BalanceCoefficient = 0 } };
        using var model = TestModels.Noisy(config);
        TokenSequence[] rows = [new([3, 1, 4], [5, 9, 2]), new([3, 1, 4], [6]), new([2], [1, 8]), new([2], [7, 7, 7]), new([3, 1, 4], [0, 2])];
        Tensor Loss() => new ScoredRows(rows, CPU).Score(model, 1).LogProbs.sum();
        var (kept, again) = (Run(model, false, Loss), Run(model, true, Loss));
        Assert.Equal(kept.Loss, again.Loss, 1e-4f);
        foreach (var (name, bytes) in kept.Gradients)
        {
            var (a, b) = (Floats(bytes), Floats(again.Gradients[name]));
            for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) < 3e-4 * (1 + a.Max(Math.Abs)), $"{name}: {a[i]} and {b[i]}");
        }
    }

    [Fact]
    public async Task Train_CheckpointingBesideHelperThreads_GivesTheSameWeightsToTheLastBit()
    {
        var (alone, helped) = (await TrainAsync(0), await TrainAsync(2));
        Assert.NotEqual(alone.Before, alone.After);
        Assert.Equal(alone.After, helped.After);

        static async Task<(string Before, string After)> TrainAsync(int helpers)
        {
            using var thread = new TorchThread(threads: 1);
            TorchThread[] others = [.. Enumerable.Range(0, helpers).Select(_ => new TorchThread(threads: 1))];
            var tokenizer = Tokenizer.FromCharacters("0123456789;", endToken: ";");
            using var model = CausalLM.Create(new TransformerConfig { HiddenSize = 16, IntermediateSize = 24, Layers = 3, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = tokenizer.VocabularySize, MaxPositions = 32 }, seed: 1);
            model.GradientCheckpointing = true;
            string Weights() => Convert.ToHexString(SHA256.HashData([.. model.parameters().SelectMany(p => p.detach().bytes.ToArray())]));
            var before = Weights();
            using var trainer = new KdrlTrainer(
                new KdrlTrainerParts
                {
                    Policy = model, Engine = new SamplingEngine(model, tokenizer, thread), Thread = thread, Helpers = others,
                    Prompts = [.. Enumerable.Range(0, 4).Select(i => Prompt.FromText($"{i}", new string((char)('1' + i), i + 1)))],
                    Reward = Reward.Create("even", r => RewardOutcome.FromVerdict(r.Rollout.CompletionTokens[0] % 2 == 0)),
                },
                new KdrlTrainerOptions
                {
                    Steps = 3, PromptsPerStep = 4, MicroBatchTokens = 40, Objective = KdrlOptions.Grpo(), Sampling = new SamplingOptions { GroupSize = 4, MaxNewTokens = 6 },
                    LearningRate = new LearningRateOptions { Peak = 0.01 },
                });
            await foreach (var step in trainer.RunAsync()) Assert.DoesNotContain(step.Warnings, w => w.Contains("skipped", StringComparison.Ordinal));
            foreach (var other in others) other.Dispose();
            return (before, Weights());
        }
    }

    [Fact]
    public void Hidden_CheckpointedAdapterOfAFrozenModel_GivesTheSame()
    {
        using var model = TestModels.Noisy(TestModels.Random(ModelFamily.Qwen3, 0));
        using var adapter = LoraAdapter.Attach(model, new LoraOptions { Rank = 2 }, 1);
        using (no_grad())
            foreach (var p in adapter.parameters()) p.add_(0.1);
        Tensor Loss() => adapter.Hidden(tensor(new long[,] { { 3, 1, 4 } }), TestModels.Positions(1, 3), null).pow(2).sum();
        var (kept, again) = (Run(model, false, Loss, adapter), Run(model, true, Loss, adapter));
        Assert.Equal(kept.Loss, again.Loss);
        Assert.NotEmpty(kept.Gradients);
        foreach (var (name, bytes) in kept.Gradients) Assert.True(bytes.SequenceEqual(again.Gradients[name]), name);
    }

    [Fact]
    public void Hidden_CheckpointedDropout_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Noisy(TestModels.Random(ModelFamily.Llama, 0));
        model.GradientCheckpointing = true;
        void Forward() => model.Hidden(tensor(new long[,] { { 3, 1, 4 } }), TestModels.Positions(1, 3), null);
        using (LoraAdapter.Attach(model, new LoraOptions { Dropout = 0.1 }, 1))
        {
            Assert.Contains("dropout", Assert.Throws<InvalidOperationException>(Forward).Message, StringComparison.Ordinal);
            using var noGrad = no_grad();
            Forward();
        }
        Forward();
    }

    [Fact]
    public void Hidden_CheckpointedSteps_KeepTheLiveTensorCount()
    {
        using var model = TestModels.Noisy(TestModels.Random(ModelFamily.Llama, 0));
        void Step() => Run(model, true, () => model.Hidden(ones(2, 5, dtype: ScalarType.Int64), TestModels.Positions(2, 5), null).sum());
        Step();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 20; i++) Step();
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static (float Loss, Dictionary<string, byte[]> Gradients) Run(CausalLM model, bool checkpoints, Func<Tensor> lossOf, nn.Module? trained = null)
    {
        using var scope = NewDisposeScope();
        model.GradientCheckpointing = checkpoints;
        (trained ?? model).zero_grad();
        using var auxiliary = AuxiliaryLosses.Collect();
        var loss = auxiliary.AddTo(lossOf(), 1);
        loss.backward();
        return (loss.item<float>(), (trained ?? model).named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.contiguous().bytes.ToArray()));
    }

    private static float[] Floats(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
