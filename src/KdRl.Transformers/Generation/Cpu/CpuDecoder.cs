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
    private readonly CpuLayer<T, F>[] layers;
    private readonly LaneLinear<T, F> head;
    private readonly float[] norm;
    private readonly LaneScratch[] scratch;
    private T[] logits = [];
    private StepBuffers<T>? buffers;

    /// <param name="model">A model of plain feed-forward blocks on the CPU.</param>
    /// <param name="rows">Rows of a step to be expected.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="inPlace">Whether products may be those of <see cref="DotProducts"/> where there are any.</param>
    public CpuDecoder(CausalLM model, int rows, int lanes, bool inPlace = true)
    {
        using var noGrad = no_grad();
        (this.model, config, crew) = (model, model.Config, new LaneCrew(lanes));
        layers = [.. model.DecoderLayers.Select(layer => new CpuLayer<T, F>(layer, crew, rows, inPlace))];
        head = new LaneLinear<T, F>(model.OutputWeight, null, crew, rows, inPlace);
        norm = CpuLayer<T, F>.Gains(model.FinalNorm)!;
        scratch = [.. Enumerable.Range(0, lanes).Select(_ => new LaneScratch())];
        Products = inPlace && LaneProducts.Suit(model.OutputWeight.dtype) ? new LaneProducts(crew, ownsCrew: false) : null;
    }

    public ILinearProducts? Products { get; }

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
        var all = empty([hidden.shape[0], config.VocabularySize], model.OutputWeight.dtype);
        crew.Run(lane => head.Apply(lane, hidden, scratch[lane], TensorMemory.Of<T>(all)));
        return all;
    }

    public (int Token, float LogProb)[] Draw(Tensor hidden, double temperature, double[]? uniform)
    {
        var (v, drawn) = (config.VocabularySize, new (int, float)[hidden.shape[0]]);
        if (logits.Length < drawn.Length * v) logits = GC.AllocateUninitializedArray<T>(drawn.Length * v);
        crew.Run(lane =>
        {
            var room = scratch[lane];
            head.Apply(lane, hidden, room, logits);
            crew.Meet();
            for (var i = lane; i < drawn.Length; i += crew.Lanes)
            {
                var row = room.Numbers(v);
                RowKernels<T, F>.Scale(logits.AsSpan(i * v, v), (float)(1 / temperature), row);
                drawn[i] = RowSampler.Draw(row, uniform?[i], room.Sums(v));
            }
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
            layer.QueryKeyValue.Apply(lane, step.NormedRows[lane], scratch[lane], step.QueryKeyValue);
            crew.Meet();
            new HeadAttention<T, F>(config, layer, cache, i, turns).Attend(lane, crew.Lanes, step, scratch[lane]);
            crew.Meet();
            layer.Output.Apply(lane, step.ContextRows!, scratch[lane], step.Branch);
            crew.Meet();
            Add(x, step, layer.AfterAttention, scratch[lane]);
            Normalize(x, layer.BeforeMlp, step.Normed[lane], 0, step.Count);
            Gate(lane, layer, step, scratch[lane]);
            crew.Meet();
            layer.Down.Apply(lane, step.ActivatedRows!, scratch[lane], step.Branch);
            crew.Meet();
            Add(x, step, layer.AfterMlp, scratch[lane]);
        }
        Normalize(x, norm, hidden, lane * step.Count / crew.Lanes, (lane + 1) * step.Count / crew.Lanes);
    }

    private void Embed(int[] tokens, float[] x)
    {
        var h = config.HiddenSize;
        var table = TensorMemory.Of<T>(model.Embedding);
        for (var row = 0; row < tokens.Length; row++) RowKernels<T, F>.Widen(table.Slice(tokens[row] * h, h), x.AsSpan(row * h, h));
    }

    private void Normalize(float[] x, float[] gains, Tensor target, int from, int to)
    {
        var h = config.HiddenSize;
        var y = TensorMemory.Of<T>(target);
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

    private static void Gate(int lane, CpuLayer<T, F> layer, StepBuffers<T> step, LaneScratch room)
    {
        using var output = layer.GateUp.Apply(lane, step.NormedRows[lane], room);
        var (start, count) = layer.GateUp[lane];
        var target = TensorMemory.Of<T>(step.Activated);
        for (var row = 0; row < step.Count && count > 0; row++)
        {
            var own = output.Numbers.Slice(row * 2 * count, 2 * count);
            RowKernels<T, F>.SwiGlu(own[..count], own[count..], target.Slice(row * layer.Intermediate + start, count));
        }
    }
}
