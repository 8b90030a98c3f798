namespace KdRl.Rewards;

/// <summary>How sure a policy is of its answer to one question.</summary>
/// <param name="Confidence">The share of right answers, c, in [0, 1].</param>
/// <param name="Entropy">The semantic entropy, −Σ p_j log p_j over clusters of equivalent answers, e: from 0 to the logarithm of their number.</param>
/// <param name="ClusterIds">The cluster of each answer, numbered by first appearance from 0.</param>
/// <param name="EquivalenceFailures">Comparisons that failed and were taken for "not equivalent".</param>
public sealed record UncertaintyEstimate(double Confidence, double Entropy, IReadOnlyList<int> ClusterIds, int EquivalenceFailures)
{
    /// <summary>At least one answer is right.</summary>
    public bool Known => Confidence > 0;
}
