using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>How the tokens of one or more forward passes spread over the experts of one layer: sums from which the balance loss is made.</summary>
/// <param name="experts">The mixture.</param>
internal sealed class ExpertLoad(ExpertConfig experts)
{
    private Tensor? sent, tokens;

    /// <summary>The sum of the scores of each expert, <c>[N]</c>, through which gradient flows; null before any pass.</summary>
    public Tensor? Scores { get; private set; }

    /// <summary>True on the tokens that count, <c>bool</c>, as many as the tokens of the pass; null: all.</summary>
    public Tensor? Counted { get; set; }

    /// <summary>Adds the tokens of a pass.</summary>
    public void Add(ExpertChoice choice)
    {
        var (type, ids) = (choice.Scores.dtype, choice.Ids);
        var counted = Counted?.reshape(-1).to(type) ?? ones(ids.shape[0], type, ids.device);
        var weights = counted.unsqueeze(1).expand(-1, ids.shape[1]).reshape(-1);
        Add(ids.reshape(-1).bincount(weights, experts.Count).to(type), counted.unsqueeze(0).mm(choice.Scores).squeeze(0), counted.sum());
    }

    /// <summary>Adds what another took down.</summary>
    /// <param name="other">The other.</param>
    /// <param name="scores">Its scores.</param>
    public void Add(ExpertLoad other, Tensor scores) => Add(other.sent!, scores, other.tokens!);

    /// <summary>Lets what was taken down outlive the dispose scope.</summary>
    public void MoveToOuterScope()
    {
        Scores?.MoveToOuterDisposeScope();
        sent?.MoveToOuterDisposeScope();
        tokens?.MoveToOuterDisposeScope();
    }

    /// <summary>An empty load of the same mixture.</summary>
    public ExpertLoad Fresh(Tensor? counted) => new(experts) { Counted = counted };

    /// <summary>The balance loss of the layer; null when no token counted.</summary>
    public Tensor? Loss() => tokens?.to(ScalarType.Float64).item<double>() is { } count and > 0 ? MoeBalance.FromSums(sent!, Scores!, count, experts.PerToken, experts.BalanceCoefficient) : null;

    private void Add(Tensor moreSent, Tensor moreScores, Tensor moreTokens) =>
        (sent, Scores, tokens) = (Sum(sent, moreSent), Sum(Scores, moreScores), Sum(tokens, moreTokens));

    private static Tensor Sum(Tensor? total, Tensor share) => total?.add(share, Scalars.One) ?? share;
}
