namespace KdRl.Rewards;

/// <summary>The length-controlled rewards of L1 (LCPO, arXiv 2503.04697): an answer is right, and as long as the prompt asks.</summary>
public static class TargetLength
{
    /// <summary>LCPO-Exact: 1[correct] − α · |n_target − n|. At most 1, without a lower bound.</summary>
    /// <param name="length">Tokens of the response, n; at least 0.</param>
    /// <param name="target">Tokens asked for, n_target; at least 0.</param>
    /// <param name="correct">The verifier's verdict.</param>
    /// <param name="alpha">The price of a token; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative or the price is not positive and finite.</exception>
    public static double Exact(int length, int target, bool correct, double alpha = TargetLengthOptions.DefaultAlpha)
    {
        Check(length, target, alpha);
        return (correct ? 1 : 0) - (alpha * Math.Abs((double)target - length));
    }

    /// <summary>LCPO-Max: 1[correct] · clip(α · (n_target − n) + δ, 0, 1). In [0, 1].</summary>
    /// <inheritdoc cref="Exact"/>
    /// <param name="length">Tokens of the response, n; at least 0.</param>
    /// <param name="target">The token budget, n_target; at least 0.</param>
    /// <param name="correct">The verifier's verdict.</param>
    /// <param name="alpha">The price of a token; positive.</param>
    /// <param name="delta">What a right answer of exactly the budget earns; in [0, 1].</param>
    public static double Max(
        int length, int target, bool correct, double alpha = TargetLengthOptions.DefaultAlpha, double delta = TargetLengthOptions.DefaultDelta)
    {
        Check(length, target, alpha);
        if (delta is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "Expected 0 to 1.");
        return correct ? Math.Clamp((alpha * ((double)target - length)) + delta, 0, 1) : 0;
    }

    private static void Check(int length, int target, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        if (!double.IsFinite(alpha) || alpha <= 0) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Expected a positive number.");
    }
}
