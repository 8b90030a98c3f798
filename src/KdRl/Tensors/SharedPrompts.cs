using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Distinct prompts that several completions continue, padded on the left: the last column holds each prompt's last token.</summary>
/// <remarks>The tensors lie in the dispose scope that was open when it was made.</remarks>
public sealed class SharedPrompts
{
    private SharedPrompts(Tensor ids, Tensor positions, Tensor? attention, Tensor lengths, int longest, Tensor row, Tensor? completionLengths) =>
        (Ids, Positions, Attention, Lengths, Longest, Row, CompletionLengths) = (ids, positions, attention, lengths, longest, row, completionLengths);

    /// <summary>Token ids, <c>int64 [P,T]</c>; 0 on padding.</summary>
    public Tensor Ids { get; }

    /// <summary>Position of each token in its prompt, <c>int64 [P,T]</c>; 0 on padding.</summary>
    public Tensor Positions { get; }

    /// <summary>True on real tokens, <c>bool [P,T]</c>; null when all prompts have the same length.</summary>
    public Tensor? Attention { get; }

    /// <summary>Tokens of each prompt, <c>int64 [P]</c>.</summary>
    public Tensor Lengths { get; }

    /// <summary>Tokens of the longest prompt.</summary>
    public int Longest { get; }

    /// <summary>For each completion the number of its prompt, <c>int64 [B]</c>.</summary>
    public Tensor Row { get; }

    /// <summary>Tokens of each completion, <c>int64 [B]</c>, for models that count tokens; null when not told.</summary>
    public Tensor? CompletionLengths { get; }

    /// <summary>Prompts as tensors.</summary>
    /// <param name="prompts">Token ids of the distinct prompts; none is empty.</param>
    /// <param name="row">For each completion the number of its prompt.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <param name="completionLengths">Tokens of each completion; needed by models that count tokens (<see cref="ICausalModel.CountsTokens"/>). Left out: not told.</param>
    /// <exception cref="ArgumentException">There are no prompts, one is empty, a completion continues a prompt that is not there, or there is not one length for each completion.</exception>
    public static SharedPrompts Of(IReadOnlyList<int[]> prompts, IReadOnlyList<long> row, Device device, IReadOnlyList<long>? completionLengths = null)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(row);
        if (prompts.Count == 0 || prompts.Any(p => p.Length == 0)) throw new ArgumentException("There is no prompt, or one is empty; expected at least one token each.", nameof(prompts));
        if (row.Any(r => r < 0 || r >= prompts.Count)) throw new ArgumentException($"A completion continues prompt {row.First(r => r < 0 || r >= prompts.Count)}; expected 0 to {prompts.Count - 1}.", nameof(row));
        if (completionLengths is not null && completionLengths.Count != row.Count) throw new ArgumentException($"There are {completionLengths.Count} lengths for {row.Count} completions; expected one each.", nameof(completionLengths));
        var longest = prompts.Max(p => p.Length);
        var (ids, positions, real) = (new long[prompts.Count * longest], new long[prompts.Count * longest], new bool[prompts.Count * longest]);
        var isPadded = false;
        for (var i = 0; i < prompts.Count; i++)
        {
            var start = (i + 1) * longest - prompts[i].Length;
            isPadded |= prompts[i].Length < longest;
            for (var t = 0; t < prompts[i].Length; t++) (ids[start + t], positions[start + t], real[start + t]) = (prompts[i][t], t, true);
        }
        long[] shape = [prompts.Count, longest];
        return new SharedPrompts(
            tensor(ids, shape, device: device), tensor(positions, shape, device: device), isPadded ? tensor(real, shape, device: device) : null,
            tensor(prompts.Select(p => (long)p.Length).ToArray(), device: device), longest, tensor(row.ToArray(), device: device),
            completionLengths is null ? null : tensor(completionLengths.ToArray(), device: device));
    }
}
