using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers;

/// <summary>
/// Chooses experts group by group (MoGE, arXiv 2505.21411): S = softmax(logits) over all N experts; of each of M groups the K/M experts
/// with the highest score, the lower number on ties; their gates are their scores, not divided by their sum. Every group gets exactly
/// K/M of each token, so the load of the groups is equal for any input. With M = 1 it is the plain router, softmax then top-k.
/// </summary>
public sealed class GroupedTopKRouter
{
    private readonly int groupSize, perGroup;

    /// <param name="experts">Number of experts, N; positive.</param>
    /// <param name="groups">Number of groups, M; divides N and K. Experts 0 to N/M − 1 are the first group.</param>
    /// <param name="perToken">Experts of each token, K; 1 to N.</param>
    /// <param name="normalizesGates">Whether gates are divided by their sum, so that they add up to 1 (softmax of the chosen logits).</param>
    /// <exception cref="ArgumentException">The numbers do not fit together.</exception>
    public GroupedTopKRouter(int experts, int groups, int perToken, bool normalizesGates = false)
    {
        if (experts <= 0) throw new ArgumentException($"There are {experts} experts; expected a positive number.", nameof(experts));
        if (perToken <= 0 || perToken > experts) throw new ArgumentException($"A token goes to {perToken} experts; expected 1 to {experts}.", nameof(perToken));
        if (groups <= 0 || experts % groups != 0 || perToken % groups != 0)
            throw new ArgumentException($"There are {groups} groups; expected a divisor of {experts} experts and of {perToken} a token.", nameof(groups));
        (Experts, Groups, PerToken, NormalizesGates, groupSize, perGroup) = (experts, groups, perToken, normalizesGates, experts / groups, perToken / groups);
    }

    /// <summary>Number of experts, N.</summary>
    public int Experts { get; }

    /// <summary>Number of groups, M.</summary>
    public int Groups { get; }

    /// <summary>Experts of each token, K.</summary>
    public int PerToken { get; }

    /// <summary>Whether gates are divided by their sum.</summary>
    public bool NormalizesGates { get; }

    /// <summary>The group of each expert, N numbers.</summary>
    public IReadOnlyList<int> GroupOf => [.. Enumerable.Range(0, Experts).Select(i => i / groupSize)];

    /// <summary>Chooses the experts of each token.</summary>
    /// <param name="logits"><c>[n,N]</c>; the softmax is taken in 32 bits or more.</param>
    /// <exception cref="ArgumentException">The logits have another shape or are no floating-point numbers.</exception>
    public ExpertChoice Route(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.dim() != 2 || logits.shape[1] != Experts || !logits.is_floating_point())
            throw new ArgumentException($"logits are {logits.dtype} [{string.Join(",", logits.shape)}]; expected floating-point [n,{Experts}].", nameof(logits));
        var scores = logits.softmax(1, logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        var ids = Best(scores.detach());
        var gates = scores.gather(1, ids);
        if (NormalizesGates) gates = gates.div(gates.sum([1], keepdim: true));
        return new ExpertChoice(gates, ids, scores);
    }

    private Tensor Best(Tensor scores)
    {
        var rows = scores.shape[0];
        var grouped = scores.view(rows, Groups, groupSize);
        // Both give the first of equal scores; a maximum is much cheaper than an order.
        var found = perGroup == 1 ? grouped.max(2, keepdim: true).indexes : grouped.sort(2, descending: true, stable: true).Indices.narrow(2, 0, perGroup);
        using var size = ((long)groupSize).ToScalar();
        return found.add(Ranges.UpTo(Groups, scores.device).view(1, Groups, 1), size).reshape(rows, PerToken);
    }
}
