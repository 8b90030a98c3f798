using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>
/// What is fixed for an optimiser step before its first backward. Tensors are <c>[B,T]</c> or <c>[B]</c>, on one device, 0 where
/// ignored; a null tensor is a term that the step does not have.
/// </summary>
internal sealed class StepTerms
{
    public required Tensor Mask { get; init; }

    /// <summary>Tokens of the policy loss.</summary>
    public required Tensor PolicyMask { get; init; }

    /// <summary>Tokens of the reference KL.</summary>
    public required Tensor ReferenceMask { get; init; }

    /// <summary>Tokens of the teacher term, whatever the gate says.</summary>
    public Tensor? TeacherMask { get; init; }

    /// <summary>Advantages from rewards, <c>[B,T]</c>; null without a policy loss.</summary>
    public Tensor? Advantages { get; init; }

    public Tensor? OldLogProbs { get; init; }

    /// <summary>Importance weights between sampler and trainer, <c>[B,T]</c>.</summary>
    public Tensor? ImportanceWeights { get; init; }

    /// <summary>The sampler's log-probs, where weights or rejections wait for the policy's: null once those are in <see cref="ImportanceWeights"/>.</summary>
    public Tensor? SamplerLogProbs { get; init; }

    /// <summary>The teacher's log-probs, floored.</summary>
    public Tensor? TeacherLogProbs { get; init; }

    /// <summary>What the student is drawn to: the teacher, or beyond it.</summary>
    public Tensor? TargetLogProbs { get; init; }

    public Tensor? ReferenceLogProbs { get; init; }

    /// <summary>Gate weights, <c>[B]</c>.</summary>
    public Tensor? Gate { get; init; }

    /// <summary>Gate weights of a teacher inside the policy loss, relative to <see cref="PolicyRowWeights"/>, <c>[B]</c>.</summary>
    public Tensor? AdvantageGate { get; init; }

    /// <summary>w_i of the aggregate over all tokens: the aggregate of l is Σ_i w_i Σ_t l.</summary>
    public required Tensor RowWeights { get; init; }

    /// <summary>The same for the policy loss.</summary>
    public required Tensor PolicyRowWeights { get; init; }

    /// <summary>The same for the reference KL.</summary>
    public required Tensor ReferenceRowWeights { get; init; }

    /// <summary>The same for the teacher term, gate included.</summary>
    public Tensor? TeacherRowWeights { get; init; }

    public required double Tokens { get; init; }

    public required double TeacherTokens { get; init; }

    public required double Sequences { get; init; }

    public IEnumerable<Tensor> Tensors() => new[]
    {
        Mask, PolicyMask, ReferenceMask, TeacherMask, Advantages, OldLogProbs, ImportanceWeights, SamplerLogProbs, TeacherLogProbs, TargetLogProbs,
        ReferenceLogProbs, Gate, AdvantageGate, RowTokens, RowWeights, PolicyRowWeights, ReferenceRowWeights, TeacherRowWeights,
    }.OfType<Tensor>().Distinct<Tensor>(ReferenceEqualityComparer.Instance);

    /// <summary>Valid tokens of each row, <c>float64 [B]</c>.</summary>
    public required Tensor RowTokens { get; init; }

    /// <summary>Some tokens, each as a row of its own: <c>[n,1]</c> and <c>[n]</c>. A loss that is a sum over tokens does not see the difference.</summary>
    /// <param name="tokens">Row · T + column of each token, <c>int64 [n]</c>.</param>
    /// <param name="type">Type of the log-probs.</param>
    public StepTerms Single(Tensor tokens, ScalarType type)
    {
        using var width = Mask.shape[1].ToScalar();
        var rows = tokens.floor_divide(width);
        return Change(whole => whole.dim() == 2 ? whole.reshape(-1).index_select(0, tokens).unsqueeze(1) : whole.index_select(0, rows), type);
    }

    /// <summary>The given rows (null: all), cut to the width of their log-probs and of the same type.</summary>
    public StepTerms Select(Tensor? rows, long width, ScalarType type) => Change(
        whole =>
        {
            var narrow = whole.dim() == 2 && whole.shape[1] != width ? whole.narrow(1, 0, width) : whole;
            return rows is null ? narrow : narrow.index_select(0, rows);
        },
        type);

    private StepTerms Change(Func<Tensor, Tensor> change, ScalarType type)
    {
        // One tensor often serves several terms, and does so again.
        var known = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        return new StepTerms
        {
            Mask = Pick(Mask)!,
            PolicyMask = Pick(PolicyMask)!,
            ReferenceMask = Pick(ReferenceMask)!,
            TeacherMask = Pick(TeacherMask),
            Advantages = Pick(Advantages),
            OldLogProbs = Pick(OldLogProbs),
            ImportanceWeights = Pick(ImportanceWeights),
            SamplerLogProbs = Pick(SamplerLogProbs),
            TeacherLogProbs = Pick(TeacherLogProbs),
            TargetLogProbs = Pick(TargetLogProbs),
            ReferenceLogProbs = Pick(ReferenceLogProbs),
            Gate = Pick(Gate),
            AdvantageGate = Pick(AdvantageGate),
            RowTokens = Pick(RowTokens)!,
            RowWeights = Pick(RowWeights)!,
            PolicyRowWeights = Pick(PolicyRowWeights)!,
            ReferenceRowWeights = Pick(ReferenceRowWeights)!,
            TeacherRowWeights = Pick(TeacherRowWeights),
            Tokens = Tokens,
            TeacherTokens = TeacherTokens,
            Sequences = Sequences,
        };

        Tensor? Pick(Tensor? whole)
        {
            if (whole is null) return null;
            if (known.TryGetValue(whole, out var before)) return before;
            var picked = change(whole);
            return known[whole] = picked.dtype == ScalarType.Bool || picked.dtype == type ? picked : picked.to(type);
        }
    }
}
