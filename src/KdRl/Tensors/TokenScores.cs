using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>What a model says of each token.</summary>
/// <param name="LogProbs">Natural log-prob of the token, <c>float32</c>.</param>
/// <param name="Entropy">Entropy of the distribution it was drawn from, in nats, <c>float32</c>; null unless asked for.</param>
public readonly record struct TokenScores(Tensor LogProbs, Tensor? Entropy)
{
    /// <summary>Divergence from the teacher over the whole vocabulary at the token (<see cref="TeacherHead"/>), in nats, <c>float32</c>; null without a teacher.</summary>
    public Tensor? Divergence { get; init; }

    /// <summary>The teacher's log-prob of the token, <c>float32</c>, without gradient; null without a teacher.</summary>
    public Tensor? TeacherLogProbs { get; init; }

    /// <summary>The same scores, each tensor changed.</summary>
    internal TokenScores Select(Func<Tensor, Tensor> change) => new(change(LogProbs), Optional(Entropy, change))
    {
        Divergence = Optional(Divergence, change),
        TeacherLogProbs = Optional(TeacherLogProbs, change),
    };

    /// <summary>The scores of some tokens and of the next ones, one after the other.</summary>
    internal static TokenScores Concatenate(IReadOnlyList<TokenScores> parts)
    {
        return new TokenScores(All(p => p.LogProbs)!, All(p => p.Entropy)) { Divergence = All(p => p.Divergence), TeacherLogProbs = All(p => p.TeacherLogProbs) };

        Tensor? All(Func<TokenScores, Tensor?> of) => of(parts[0]) is null ? null : cat([.. parts.Select(p => of(p)!)]);
    }

    private static Tensor? Optional(Tensor? tensor, Func<Tensor, Tensor> change) => tensor is null ? null : change(tensor);
}
