namespace KdRl.Transformers.Tests.Models;

/// <summary>The forward pass of all families in plain loops over doubles, from Hugging Face-named weights; shares no code with the library.</summary>
internal sealed class ReferenceTransformer(TransformerConfig c, Dictionary<string, (long[] Shape, float[] Values)> weights)
{
    private readonly int kvHeads = c.KeyValueHeads ?? c.AttentionHeads;
    private readonly int headDim = c.HeadSize ?? c.HiddenSize / c.AttentionHeads;

    /// <summary>Logits <c>[T][V]</c> of one sequence at positions 0, 1, ….</summary>
    public double[][] Logits(int[] ids)
    {
        var x = ids.Select(id => Row("model.embed_tokens.weight", id)).ToArray();
        for (var layer = 0; layer < c.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            var attended = Attention(layer, prefix + "self_attn.", x.Select(v => Norm(v, prefix + "input_layernorm.weight")).ToArray());
            for (var t = 0; t < x.Length; t++)
            {
                x[t] = Add(x[t], c.SandwichNorm ? Norm(attended[t], prefix + "post_attention_layernorm.weight") : attended[t]);
                var n = Norm(x[t], prefix + (c.SandwichNorm ? "pre_mlp_layernorm.weight" : "post_attention_layernorm.weight"));
                var fed = c.Experts is { } experts ? Mixture(experts, n, prefix + "mlp.") : FeedForward(n, prefix + "mlp.");
                x[t] = Add(x[t], c.SandwichNorm ? Norm(fed, prefix + "post_mlp_layernorm.weight") : fed);
            }
        }
        var head = c.TieWordEmbeddings ? "model.embed_tokens" : "lm_head";
        return [.. x.Select(v => Linear(Norm(v, "model.norm.weight"), head))];
    }

    /// <summary>Σ over the best K/M experts of each of M groups of score × scale × expert, and the shared expert.</summary>
    private double[] Mixture(ExpertConfig experts, double[] v, string prefix)
    {
        var exponentials = Array.ConvertAll(Linear(v, prefix + "gate"), Math.Exp);
        var scores = Array.ConvertAll(exponentials, e => e / exponentials.Sum());
        var groups = experts.Groups ?? experts.PerToken;
        var chosen = scores.Index().Chunk(experts.Count / groups).SelectMany(group => group.OrderByDescending(e => e.Item).Take(experts.PerToken / groups)).ToList();
        var total = experts.NormalizesGates ? chosen.Sum(e => e.Item) : 1;
        var y = experts.SharedIntermediateSize > 0 ? FeedForward(v, prefix + "shared_expert.") : new double[v.Length];
        foreach (var (expert, score) in chosen)
        {
            var gate = score / total * weights[prefix + "router_scale"].Values[expert];
            y = Add(y, Array.ConvertAll(FeedForward(v, $"{prefix}experts.{expert}."), e => gate * e));
        }
        return y;
    }

    private double[] FeedForward(double[] v, string prefix)
    {
        var (gate, up) = (Linear(v, prefix + "gate_proj"), Linear(v, prefix + "up_proj"));
        return Linear([.. gate.Select((g, i) => g / (1 + Math.Exp(-g)) * up[i])], prefix + "down_proj");
    }

    private double[][] Attention(int layer, string prefix, double[][] x)
    {
        var q = x.Select((v, t) => Rotate(NormHeads(Linear(v, prefix + "q_proj"), prefix + "q_norm.weight"), t, x.Length)).ToArray();
        var k = x.Select((v, t) => Rotate(NormHeads(Linear(v, prefix + "k_proj"), prefix + "k_norm.weight"), t, x.Length)).ToArray();
        var values = x.Select(v => Linear(v, prefix + "v_proj")).ToArray();
        var result = new double[x.Length][];
        var slides = c.SlidingWindow is not null && (c.SlidingLayers is null || c.SlidingLayers[layer]);
        for (var t = 0; t < x.Length; t++)
        {
            // A window of W tokens counts the query's own.
            var first = slides ? Math.Max(0, t + 1 - c.SlidingWindow!.Value) : 0;
            var context = new double[c.AttentionHeads * headDim];
            for (var h = 0; h < c.AttentionHeads; h++)
            {
                var shared = h / (c.AttentionHeads / kvHeads);
                var scores = Enumerable.Range(first, t + 1 - first).Select(s => Enumerable.Range(0, headDim).Sum(i => q[t][h * headDim + i] * k[s][shared * headDim + i]) / Math.Sqrt(headDim)).ToArray();
                var top = scores.Max();
                var total = scores.Sum(s => Math.Exp(s - top));
                for (var s = first; s <= t; s++)
                    for (var i = 0; i < headDim; i++) context[h * headDim + i] += Math.Exp(scores[s - first] - top) / total * values[s][shared * headDim + i];
            }
            result[t] = Linear(context, prefix + "o_proj");
        }
        return result;
    }

    /// <summary>Qwen3: each head is normalised by itself.</summary>
    private double[] NormHeads(double[] heads, string name) =>
        c.Family == ModelFamily.Qwen3 ? [.. heads.Chunk(headDim).SelectMany(head => Norm(head, name))] : heads;

    private double[] Rotate(double[] heads, int position, int length)
    {
        var result = new double[heads.Length];
        var half = headDim / 2;
        for (var start = 0; start < heads.Length; start += headDim)
        {
            for (var i = 0; i < half; i++)
            {
                var (frequency, magnitude) = ReferenceRope.Of(c, headDim, i, length);
                var (cos, sin) = (magnitude * Math.Cos(position * frequency), magnitude * Math.Sin(position * frequency));
                var (a, b) = (heads[start + i], heads[start + half + i]);
                result[start + i] = a * cos - b * sin;
                result[start + half + i] = b * cos + a * sin;
            }
        }
        return result;
    }

    private double[] Norm(double[] v, string name)
    {
        var scale = 1 / Math.Sqrt(v.Average(e => e * e) + c.RmsNormEpsilon);
        return [.. v.Select((e, i) => e * scale * weights[name].Values[i])];
    }

    private double[] Linear(double[] v, string name)
    {
        var rows = (int)weights[name + ".weight"].Shape[0];
        var bias = weights.TryGetValue(name + ".bias", out var found) ? found.Values : new float[rows];
        return [.. Enumerable.Range(0, rows).Select(r => Row(name + ".weight", r).Zip(v, (w, e) => w * e).Sum() + bias[r])];
    }

    private double[] Row(string name, int row)
    {
        var (shape, values) = weights[name];
        return [.. values.AsSpan(row * (int)shape[1], (int)shape[1]).ToArray().Select(w => (double)w)];
    }

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
