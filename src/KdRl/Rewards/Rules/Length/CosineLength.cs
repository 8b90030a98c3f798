namespace KdRl.Rewards;

/// <summary>The cosine length reward (Yeo et al., arXiv 2502.03373): right answers earn more when short, wrong ones lose less when long.</summary>
public static class CosineLength
{
    /// <summary>
    /// right: v_R + ½ (v_0 − v_R) (1 + cos(π · min(L / L_max, 1))), from <see cref="CosineLengthOptions.RightShort"/> (v_0) at length 0
    /// to <see cref="CosineLengthOptions.RightLong"/> (v_R) at L_max and beyond; wrong: the same with the values for wrong answers.
    /// </summary>
    /// <param name="length">Tokens of the response; at least 0.</param>
    /// <param name="correct">The verifier's verdict.</param>
    /// <param name="options">The four ends and the length limit.</param>
    /// <returns>Between the two ends of its branch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or the limit is not set.</exception>
    public static double Score(int length, bool correct, CosineLengthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxLength, 1);
        var (atZero, atLimit) = correct ? (options.RightShort, options.RightLong) : (options.WrongShort, options.WrongLong);
        var share = Math.Min(length / (double)options.MaxLength, 1);
        return atLimit + (0.5 * (atZero - atLimit) * (1 + Math.Cos(Math.PI * share)));
    }
}
