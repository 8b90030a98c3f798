using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers;

/// <summary>How evenly a router spreads tokens (Pangu Pro MoE, arXiv 2505.21411).</summary>
public static class MoeBalance
{
    /// <summary>
    /// The auxiliary loss α·Σ_i f_i·p_i over all N experts, with f_i = N/(K·n)·(tokens sent to expert i) and p_i the mean score of
    /// expert i. It is α where scores or load are uniform. Gradient flows through the scores only.
    /// </summary>
    /// <param name="scores">softmax over all experts, <c>[n,N]</c>.</param>
    /// <param name="ids">The chosen experts, <c>int64 [n,K]</c>.</param>
    /// <param name="alpha">α, not negative.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, there is no token, or α is negative or not finite.</exception>
    public static Tensor LoadLoss(Tensor scores, Tensor ids, double alpha)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(ids);
        Check(ids);
        if (scores.dim() != 2 || scores.shape[0] != ids.shape[0] || !scores.is_floating_point())
            throw new ArgumentException($"scores are {scores.dtype} [{string.Join(",", scores.shape)}]; expected floating-point [{ids.shape[0]},N].", nameof(scores));
        if (!(alpha >= 0 && double.IsFinite(alpha))) throw new ArgumentException($"alpha is {alpha}; expected a finite number, not negative.", nameof(alpha));
        var load = Counts(ids, scores.shape[1]).to(scores.dtype);
        if (load.shape[0] > scores.shape[1]) throw new ArgumentException($"An id is {load.shape[0] - 1}; expected 0 to {scores.shape[1] - 1}, the experts that have a score.", nameof(ids));
        return FromSums(load, scores.sum([0]), ids.shape[0], ids.shape[1], alpha);
    }

    /// <summary>
    /// The imbalance score (max_g load_g − min_g load_g) / n, where load_g counts how often tokens were sent to group g. 0 when all
    /// groups have the same load, at most min(K, size of a group).
    /// </summary>
    /// <param name="ids">The chosen experts, <c>int64 [n,K]</c>.</param>
    /// <param name="groupOf">The group of each expert, N numbers, counted from 0.</param>
    /// <exception cref="ArgumentException">The ids are not <c>int64 [n,K]</c>, there is no token, a group is negative, or an id has no group.</exception>
    public static double Imbalance(Tensor ids, IReadOnlyList<int> groupOf)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(groupOf);
        Check(ids);
        if (groupOf.Count == 0 || groupOf.Min() < 0) throw new ArgumentException("There is no expert, or one with a negative group; expected groups from 0.", nameof(groupOf));
        using var scope = NewDisposeScope();
        var counts = Counts(ids, groupOf.Count).ToNumbers<long>();
        if (counts.Length > groupOf.Count) throw new ArgumentException($"An id is {counts.Length - 1}; expected 0 to {groupOf.Count - 1}, the experts that have a group.", nameof(ids));
        var load = new long[groupOf.Max() + 1];
        for (var i = 0; i < groupOf.Count; i++) load[groupOf[i]] += counts[i];
        return (load.Max() - load.Min()) / (double)ids.shape[0];
    }

    /// <summary>The loss from sums over n tokens of what was sent to each expert and of its scores, both <c>[N]</c>.</summary>
    internal static Tensor FromSums(Tensor load, Tensor scores, double tokens, long perToken, double alpha)
    {
        using var scale = (alpha * load.shape[0] / (perToken * tokens * tokens)).ToScalar();
        return load.dot(scores).mul(scale);
    }

    private static Tensor Counts(Tensor ids, long experts) => ids.reshape(-1).bincount(null, experts);

    private static void Check(Tensor ids)
    {
        if (ids.dim() != 2 || ids.dtype != ScalarType.Int64 || ids.numel() == 0)
            throw new ArgumentException($"ids are {ids.dtype} [{string.Join(",", ids.shape)}]; expected int64 [n,K], not empty.", nameof(ids));
        if (ids.min().item<long>() is < 0 and var least) throw new ArgumentException($"An id is {least}; expected no negative one.", nameof(ids));
    }
}
