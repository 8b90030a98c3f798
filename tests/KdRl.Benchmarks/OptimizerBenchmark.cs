using KdRl.Training.Optimization;
using static TorchSharp.torch;
using AdamW = KdRl.Training.Optimization.AdamW;

namespace KdRl.Benchmarks;

/// <summary>One optimiser step with clipping and zeroing, against TorchSharp's AdamW with clip_grad_norm_ and zero_grad.</summary>
internal sealed class OptimizerBenchmark : IBenchmark
{
    public string Name => "optimizer";

    public string Description => "one step with clipping and zeroing, against TorchSharp's AdamW";

    public IEnumerable<Measurement> Run()
    {
        foreach (var (label, layers, width) in ((string, int, int)[])[("50 tensors of 16x16", 25, 16), ("600k parameters in 50 tensors", 25, 154), ("10M parameters in 50 tensors", 25, 632)])
        {
            using var ours = new Stack(layers, width);
            using var theirs = new Stack(layers, width);
            using var optimizer = new AdamW(ours, new AdamWOptions { WeightDecay = 0.01, DecayVectors = true });
            using var peer = optim.AdamW(theirs.parameters(), 1e-4, weight_decay: 0.01);
            ours.FillGradients();
            yield return InTurn.Milliseconds($"optimizer {label}", () => optimizer.Step(1e-4), "TorchSharp AdamW", () =>
            {
                using var scope = NewDisposeScope();
                nn.utils.clip_grad_norm_(theirs.parameters(), 1);
                peer.step();
                foreach (var parameter in theirs.parameters()) parameter.grad!.zero_();
            });
        }
    }

    private sealed class Stack : nn.Module
    {
        public Stack(int layers, int width) : base("stack")
        {
            for (var i = 0; i < layers; i++) register_module($"layer{i}", nn.Linear(width, width));
            FillGradients();
        }

        public void FillGradients()
        {
            foreach (var parameter in parameters()) parameter.grad = ones_like(parameter);
        }
    }
}
