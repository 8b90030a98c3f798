namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Draws the next token of one row by inverting the distribution function at a given uniform number, or takes the most likely.</summary>
internal static class RowSampler
{
    /// <summary>Sums are taken over blocks of so many tokens, in 64 bits across blocks.</summary>
    private const int Block = 256;

    /// <param name="logits">Scaled by the temperature.</param>
    /// <param name="uniform">In [0,1); null: the most likely token.</param>
    /// <param name="blocks">Room for a number for each 256 logits or part of them.</param>
    /// <returns>The token and its log-prob; not a number where a logit is none or all are infinite.</returns>
    public static (int Token, float LogProb) Draw(ReadOnlySpan<float> logits, double? uniform, Span<double> blocks)
    {
        var max = RowMath.Max(logits);
        var total = 0.0;
        Span<float> powers = stackalloc float[Block];
        for (var i = 0; i * Block < logits.Length; i++) total += blocks[i] = RowMath.Exponentiate(Part(logits, i), max, powers);
        var token = uniform is { } u ? Invert(logits, max, u * total, blocks) : Math.Max(0, logits.IndexOf(max));
        return (token, (float)(logits[token] - (double)max - Math.Log(total)));
    }

    private static ReadOnlySpan<float> Part(ReadOnlySpan<float> logits, int block) => logits.Slice(block * Block, Math.Min(Block, logits.Length - block * Block));

    /// <summary>The first token whose cumulative weight exceeds the target: never one of weight 0, and the last of others when sums differ in the last bits.</summary>
    private static int Invert(ReadOnlySpan<float> logits, float max, double target, ReadOnlySpan<double> blocks)
    {
        var (block, before) = (0, 0.0);
        while (block * Block + Block < logits.Length && before + blocks[block] <= target) before += blocks[block++];
        Span<float> powers = stackalloc float[Block];
        for (; block >= 0; block--)
        {
            var part = Part(logits, block);
            RowMath.Exponentiate(part, max, powers);
            var last = -1;
            for (var i = 0; i < part.Length; i++)
            {
                if (powers[i] > 0) last = block * Block + i;
                if ((before += powers[i]) > target) return last;
            }
            if (last >= 0) return last;
            target = double.PositiveInfinity;
        }
        return 0;
    }
}
