using KdRl.Tensors;
using KdRl.TestSupport;
using KdRl.Training;
using KdRl.Training.Optimization;
using static TorchSharp.torch;
using AdamW = KdRl.Training.Optimization.AdamW;

namespace KdRl.Transformers.Tests.Models;

[Collection("torch")]
public class StepMemoryTests
{
    private const int Width = 128, Vocabulary = 1 << 17;
    private const double TableMiB = 4.0 * Vocabulary * Width / (1 << 20);

    [SkippableFact]
    public void Step_LargeTiedVocabulary_TakesNoTableBesideTheParametersAndOneAMicroBatch()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(new TransformerConfig
        {
            HiddenSize = Width, IntermediateSize = 64, Layers = 1, AttentionHeads = 2, KeyValueHeads = 2, VocabularySize = Vocabulary, MaxPositions = 64, TieWordEmbeddings = true,
        }, seed: 1);
        using var optimizer = new AdamW(model, new AdamWOptions());
        // So few tokens that logits do not count.
        var rows = new ScoredRows([new([1, 2, 3], [4, 5])], CPU);
        Step(1, true);

        var (only, two, byAutograd) = (PeakMemory.MiB(() => Step(1, true)), PeakMemory.MiB(() => Step(2, true)), PeakMemory.MiB(() => Step(1, false)));
        Skip.If(only is null, "The system does not tell the peak of resident memory.");
        Assert.InRange(only!.Value / TableMiB, 0, 0.5);
        Assert.InRange(two!.Value / TableMiB, 0, 1.5);
        // What it would be otherwise: the measurement sees tables.
        Assert.InRange(byAutograd!.Value / TableMiB, 2, 10);

        void Step(int microBatches, bool isDirect)
        {
            for (var i = 0; i < microBatches; i++)
            {
                using var inner = NewDisposeScope();
                using var direct = isDirect ? AdamW.Direct(isFirst: i == 0) : null;
                rows.Reduce(model, 1, null, (_, scores) => scores.LogProbs.sum()).Loss.backward();
                direct?.AddToOwn();
            }
            optimizer.Step(1e-4);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Hidden_LayerAfterLayer_LeavesNoTensorBehind(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(TestModels.Random(ModelFamily.Qwen3, 0) with { Layers = 5, DataType = dtype }, seed: 1);
        List<long> alive = [];
        model.Observer = (_, _) => alive.Add(Tensor.TotalCount);
        model.Hidden(tensor(new long[,] { { 3, 1, 4 } }), TestModels.Positions(1, 3), null);
        Assert.Equal(6, alive.Count);
        // The first was before there were rotary turns.
        Assert.Single(alive.Skip(1).Distinct());
    }

    [Fact]
    public void Of_Model_ReckonsATableForTheSumOfSeveralMicroBatchesAndNoOther()
    {
        using var model = CausalLM.Create(TestModels.Random(ModelFamily.Llama, 0) with { VocabularySize = 5000 }, seed: 1);
        using var half = CausalLM.Create(model.Config with { DataType = ScalarType.BFloat16 }, seed: 1);
        using var small = CausalLM.Create(model.Config with { VocabularySize = 50 }, seed: 1);
        var (large, other) = (StepMemory.Of(model, model, 4, null, null), StepMemory.Of(small, small, 4, null, null));
        var table = model.OutputWeight.numel() * 4;
        Assert.Equal(table, large.SumBytes);
        Assert.Equal(table, large.PeakBytes(4) - large.PeakBytes(4, isOnly: true));
        Assert.Equal(0, StepMemory.Of(half, half, 4, null, null).SumBytes);
        // Beside others each has a set of gradients, the table among them.
        Assert.Equal(0, StepMemory.Of(model, model, 4, null, null, lanes: 2).SumBytes);
        // Logits of 2 · 4 tokens, with holes.
        Assert.Equal((5000 - 50) * 4 * 8 * 5 / 4, large.FixedBytes - other.FixedBytes);
    }
}
