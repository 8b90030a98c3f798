using KdRl.Rollouts;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation;

/// <summary>Draws the next token of each row by inverting the distribution function at a given uniform number.</summary>
internal sealed class TokenSampler(SamplingOptions options) : IDisposable
{
    /// <summary>Larger vocabularies are searched in two steps: for a block of this many tokens, then inside it.</summary>
    private const long Block = 256;

    private const long LargestPlain = 16 * Block;

    /// <summary>Just below 1.</summary>
    private static readonly Scalar Below = (1 - Math.Pow(2, -50)).ToScalar();

    private readonly Scalar inverseTemperature = (options.Temperature > 0 ? 1 / options.Temperature : 1).ToScalar();
    private readonly Scalar topP = options.TopP.ToScalar();
    private readonly Scalar minP = options.MinP.ToScalar();

    /// <summary>Whether tokens are drawn, and uniform numbers needed; else the most likely token is taken.</summary>
    public bool IsRandom => options.Temperature > 0;

    /// <summary>Whether only the likelier tokens are drawn from.</summary>
    public bool Truncates => options.TopK > 0 || options.TopP < 1 || options.MinP > 0;

    /// <summary>What divides the logits; 1 when greedy.</summary>
    public double Temperature => IsRandom ? options.Temperature : 1;

    /// <summary>Token and log-prob of each row.</summary>
    /// <param name="logits"><c>[B,V]</c></param>
    /// <param name="uniform">For each row a number in [0,1); null when greedy.</param>
    public (int Token, float LogProb)[] Draw(Tensor logits, double[]? uniform)
    {
        var (tokens, logProbs) = Draw(logits, uniform is null ? null : tensor(uniform, [uniform.Length, 1], device: logits.device));
        return [.. tokens.ToNumbers<long>().Zip(logProbs.ToNumbers<float>(), (token, logProb) => ((int)token, logProb))];
    }

    /// <summary>Token and log-prob, the latter of the temperature-scaled distribution before truncation (greedy: unscaled).</summary>
    /// <param name="logits"><c>[B,V]</c></param>
    /// <param name="uniform"><c>float64 [B,1]</c> in [0,1); ignored when greedy.</param>
    /// <returns><c>int64 [B]</c> and <c>float32 [B]</c></returns>
    public (Tensor Tokens, Tensor LogProbs) Draw(Tensor logits, Tensor? uniform)
    {
        var scaled = logits.to(ScalarType.Float32);
        if (options.Temperature is not (0 or 1)) scaled = scaled.mul(inverseTemperature);
        var logProbs = scaled.log_softmax(-1);
        var tokens = uniform is null ? logProbs.argmax(-1, keepdim: true)
            : Truncates ? Truncated(logProbs, uniform)
            : logProbs.shape[1] > LargestPlain ? InvertByBlocks(logProbs.exp(), uniform)
            : Invert(logProbs.to(ScalarType.Float64).exp(), uniform);
        return (tokens.squeeze(-1), logProbs.gather(-1, tokens).squeeze(-1));
    }

    /// <summary>In descending order each truncation keeps a head of the list, and its first token always.</summary>
    private Tensor Truncated(Tensor logProbs, Tensor uniform)
    {
        var (sorted, order) = options.TopK > 0 && options.TopK < logProbs.shape[1] ? logProbs.topk(options.TopK) : logProbs.sort(-1, descending: true, stable: true);
        var probabilities = sorted.to(ScalarType.Float64).exp();
        Tensor? keep = null;
        if (options.TopP < 1)
        {
            // Among the top-k tokens, if that is on, whose probabilities are then taken to sum to 1.
            var share = options.TopK > 0 ? probabilities.div(probabilities.sum(-1, keepdim: true)) : probabilities;
            keep = share.cumsum(-1).sub(share).lt(topP);
        }
        if (options.MinP > 0)
        {
            var likely = probabilities.ge(probabilities.narrow(-1, 0, 1).mul(minP));
            keep = keep is null ? likely : keep.logical_and(likely);
        }
        if (keep is not null)
        {
            keep.narrow(-1, 0, 1).fill_(Scalars.One);
            probabilities = where(keep, probabilities, zeros_like(probabilities));
        }
        return order.gather(-1, Invert(probabilities, uniform));
    }

    /// <summary>The first index whose cumulative weight exceeds u times the total: never one of weight 0.</summary>
    private static Tensor Invert(Tensor weights, Tensor uniform)
    {
        var cumulative = weights.cumsum(-1);
        var last = weights.shape[1] - 1;
        using var limit = last.ToScalar();
        // Not a number exceeds nothing: without the limit the index would be out of range, and the caller could not say why.
        return searchsorted(cumulative, cumulative.narrow(-1, last, 1).mul(uniform), right: true).clamp_max_(limit);
    }

    /// <summary>
    /// The same with two short cumulative sums, of blocks and of one block's tokens, in place of a long one. <see cref="Cpu.RowSampler"/> has the idea too,
    /// but no code in common: it walks over one row in the processor's memory, and this works on all rows at once, on any device.
    /// </summary>
    private static Tensor InvertByBlocks(Tensor weights, Tensor uniform)
    {
        var (rows, width) = (weights.shape[0], weights.shape[1]);
        var (blocks, rest) = (width / Block, width % Block);
        var sums = weights.narrow(1, 0, blocks * Block).view(rows, blocks, Block).sum(-1, type: ScalarType.Float64);
        if (rest > 0) sums = cat([sums, weights.narrow(1, blocks * Block, rest).sum(-1, keepdim: true, type: ScalarType.Float64)], 1);
        var cumulative = sums.cumsum(-1);
        var block = Invert(sums, uniform);
        var target = cumulative.narrow(-1, cumulative.shape[1] - 1, 1).mul(uniform).sub(cumulative.gather(1, block).sub(sums.gather(1, block)));
        using var size = Block.ToScalar();
        using var last = (width - 1).ToScalar();
        var index = block.mul(size).add(Ranges.UpTo(Block, weights.device), Scalars.One);
        var inside = weights.gather(1, index.clamp_max(last)).to(ScalarType.Float64).masked_fill(index.gt(last), Scalars.Zero).cumsum(-1);
        // Sums in another order differ in the last bits; the target stays among the tokens that have a weight.
        target = target.clamp_min(Scalars.Zero).minimum(inside.narrow(-1, Block - 1, 1).mul(Below));
        return block.mul(size).add(searchsorted(inside, target, right: true), Scalars.One).clamp_max_(last);
    }

    public void Dispose()
    {
        inverseTemperature.Dispose();
        topP.Dispose();
        minP.Dispose();
    }
}
