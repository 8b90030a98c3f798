namespace KdRl.Training;

/// <summary>Chance that at least one of k answers is right.</summary>
public static class PassAtK
{
    /// <summary>
    /// 1 − C(n−c, k) / C(n, k): the unbiased estimate from n samples of which c are right.
    /// </summary>
    /// <remarks>M. Chen et al., "Evaluating Large Language Models Trained on Code" (2107.03374), equation 1.</remarks>
    /// <param name="samples">n, at least 1.</param>
    /// <param name="right">c, in 0..n.</param>
    /// <param name="k">Answers one may give, in 1..n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is outside its range.</exception>
    public static double Estimate(int samples, int right, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        // C(n-c, k) / C(n, k) is the product of 1 - k/i over i = n-c+1 .. n; a factor of 0 appears when fewer than k are wrong.
        var allWrong = 1.0;
        for (var i = samples - right + 1; i <= samples; i++) allWrong *= Math.Max(0, 1 - (double)k / i);
        return 1 - allWrong;
    }
}
