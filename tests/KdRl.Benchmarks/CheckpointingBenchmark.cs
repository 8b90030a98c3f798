using KdRl.TestSupport;
using KdRl.Transformers;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>Forward and backward pass of a model whose layers drop their activations, against one that keeps them.</summary>
internal sealed class CheckpointingBenchmark : IBenchmark
{
    public string Name => "checkpointing";

    public string Description => "forward + backward with gradient checkpointing, against all activations kept";

    public IEnumerable<Measurement> Run()
    {
        const string name = "checkpointing, 12 layers of H=256, 8 x 256 tokens";
        using var model = CausalLM.Create(new TransformerConfig { HiddenSize = 256, IntermediateSize = 688, Layers = 12, AttentionHeads = 8, VocabularySize = 512 }, 1);
        using var ids = randint(0, 512, [8, 256], ScalarType.Int64);
        using var positions = arange(256, ScalarType.Int64).unsqueeze(0);
        void Step(bool checkpoints)
        {
            using var scope = NewDisposeScope();
            model.GradientCheckpointing = checkpoints;
            model.zero_grad();
            model.Hidden(ids, positions.expand(8, -1), null).pow(2).mean().backward();
        }
        // Nothing runs before: what a pass leaves with the allocator would hide a part of the next one's growth, as it does of the second here.
        if (PeakMemory.MiB(() => Step(true)) is { } own && PeakMemory.MiB(() => Step(false)) is { } other)
            yield return new Measurement($"{name}, peak extra memory", "MiB", own, "all kept", other);
        yield return InTurn.Milliseconds(name, () => Step(true), "all kept", () => Step(false), 10);
    }
}
