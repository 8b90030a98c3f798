using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Decodes with the lanes of a crew; each has a share of every product's outputs, of the attention heads and of the tokens drawn.</summary>
/// <typeparam name="T">A number of the model in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal sealed class CpuDecoder<T, F> : ICpuDecoder where T : unmanaged where F : INumberFormat<T>
{
    private readonly CausalLM model;
    private readonly TransformerConfig config;
    private readonly LaneCrew crew;
    private readonly CpuLayer[] layers;
    private readonly LaneLinear head;
    private readonly float[] norm;
    private readonly LaneScratch[] scratch;
    private readonly Tensor?[] logits;
    private StepBuffers<T>? buffers;

    /// <param name="model">A model of plain feed-forward blocks on the CPU.</param>
    /// <param name="rows">Rows of a step to be expected.</param>
    /// <param name="lanes">Number of lanes.</param>
    public CpuDecoder(CausalLM model, int rows, int lanes)
    {
        using var noGrad = no_grad();
        (this.model, config, crew) = (model, model.Config, new LaneCrew(lanes));
        layers = [.. model.DecoderLayers.Select(layer => new CpuLayer(layer, lanes, rows))];
        head = LaneLinear.Divided(model.OutputWeight, null, lanes, rows);
        norm = CpuLayer.Gains(model.FinalNorm)!;
        scratch = [.. Enumerable.Range(0, lanes).Select(_ => new LaneScratch())];
        logits = new Tensor?[lanes];
    }

    public Tensor Hidden(int[] tokens, KeyValueCache cache)
    {
        var (rows, turns) = (tokens.Length, model.Rotary.Turns((int)cache.Longest));
        if (buffers is null || buffers.Rows < rows)
        {
            buffers?.Dispose();
            buffers = new StepBuffers<T>(config, model.OutputWeight.dtype, Math.Max(rows, 2 * (buffers?.Rows ?? 0)), crew.Lanes);
        }
        buffers.Take(rows);
        var hidden = empty([rows, config.HiddenSize], model.OutputWeight.dtype);
        crew.Run(lane => Pass(lane, tokens, cache, turns, buffers, hidden));
        cache.Advance();
        return hidden;
    }

    public Tensor Logits(Tensor hidden)
    {
        Tensor[] parts = [];
        crew.Run(lane => logits[lane] = head.Apply(lane, hidden)?.DetachFromDisposeScope());
        try
        {
            parts = [.. logits.OfType<Tensor>()];
            return cat(parts, -1);
        }
        finally
        {
            foreach (var part in parts) part.Dispose();
        }
    }

    public (int Token, float LogProb)[] Draw(Tensor hidden, double temperature, double[]? uniform)
    {
        var drawn = new (int, float)[hidden.shape[0]];
        crew.Run(lane =>
        {
            logits[lane] = head.Apply(lane, hidden)?.DetachFromDisposeScope();
            crew.Meet();
            var room = scratch[lane];
            var row = room.Numbers(config.VocabularySize);
            for (var i = lane; i < drawn.Length; i += crew.Lanes)
            {
                for (var other = 0; other < crew.Lanes; other++)
                {
                    var (start, count) = head[other];
                    if (count > 0) RowKernels<T, F>.Scale(Memory.Of<T>(logits[other]!).Slice(i * count, count), (float)(1 / temperature), row.Slice(start, count));
                }
                drawn[i] = RowSampler.Draw(row, uniform?[i], room.Sums(config.VocabularySize));
            }
            crew.Meet();
            logits[lane]?.Dispose();
        });
        return drawn;
    }

    public void Dispose()
    {
        crew.Dispose();
        foreach (var layer in layers) layer.Dispose();
        head.Dispose();
        buffers?.Dispose();
    }

    private void Pass(int lane, int[] tokens, KeyValueCache cache, float[] turns, StepBuffers<T> step, Tensor hidden)
    {
        var x = step.Residual[lane];
        Embed(tokens, x);
        for (var i = 0; i < layers.Length; i++)
        {
            var layer = layers[i];
            Normalize(x, layer.BeforeAttention, step.Normed[lane], 0, step.Count);
            layer.QueryKeyValue.Apply<T>(lane, step.NormedRows[lane], step.QueryKeyValue);
            crew.Meet();
            new HeadAttention<T, F>(config, layer, cache, i, turns).Attend(lane, crew.Lanes, step, scratch[lane]);
            crew.Meet();
            layer.Output.Apply<T>(lane, step.ContextRows!, step.Branch);
            crew.Meet();
            Add(x, step, layer.AfterAttention, scratch[lane]);
            Normalize(x, layer.BeforeMlp, step.Normed[lane], 0, step.Count);
            Gate(lane, layer, step);
            crew.Meet();
            layer.Down.Apply<T>(lane, step.ActivatedRows!, step.Branch);
            crew.Meet();
            Add(x, step, layer.AfterMlp, scratch[lane]);
        }
        Normalize(x, norm, hidden, lane * step.Count / crew.Lanes, (lane + 1) * step.Count / crew.Lanes);
    }

    private void Embed(int[] tokens, float[] x)
    {
        var h = config.HiddenSize;
        var table = Memory.Of<T>(model.Embedding);
        for (var row = 0; row < tokens.Length; row++) RowKernels<T, F>.Widen(table.Slice(tokens[row] * h, h), x.AsSpan(row * h, h));
    }

    private void Normalize(float[] x, float[] gains, Tensor target, int from, int to)
    {
        var h = config.HiddenSize;
        var y = Memory.Of<T>(target);
        for (var row = from; row < to; row++) RowKernels<T, F>.Normalize(x.AsSpan(row * h, h), gains, config.RmsNormEpsilon, y.Slice(row * h, h));
    }

    /// <summary>Adds a sublayer's output to the residual stream, normalised first in a sandwich.</summary>
    private void Add(float[] x, StepBuffers<T> step, float[]? after, LaneScratch room)
    {
        var h = config.HiddenSize;
        var own = room.Stored<T>(h);
        for (var row = 0; row < step.Count; row++)
        {
            ReadOnlySpan<T> y = step.Branch.AsSpan(row * h, h);
            if (after is not null)
            {
                var wide = room.Numbers(h);
                RowKernels<T, F>.Widen(y, wide);
                RowKernels<T, F>.Normalize(wide, after, config.RmsNormEpsilon, own);
                y = own;
            }
            RowKernels<T, F>.Add(x.AsSpan(row * h, h), y);
        }
    }

    private static void Gate(int lane, CpuLayer layer, StepBuffers<T> step)
    {
        using var output = layer.GateUp.Apply(lane, step.NormedRows[lane]);
        if (output is null) return;
        var (start, count) = layer.GateUp[lane];
        var both = Memory.Of<T>(output);
        var target = Memory.Of<T>(step.Activated);
        for (var row = 0; row < step.Count; row++)
        {
            var own = both.Slice(row * 2 * count, 2 * count);
            RowKernels<T, F>.SwiGlu(own[..count], own[count..], target.Slice(row * layer.Intermediate + start, count));
        }
    }
}
