namespace KdRl.Rewards;

/// <summary>One reward behind another.</summary>
internal sealed class GatedReward(string name, IReward gate, IReward inner, double closed, double threshold) : IReward
{
    public string Name => name;

    public IEnumerable<IReward> Inner => [gate, inner];

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        var decision = await gate.ScoreAsync(request, ct).ConfigureAwait(false);
        if (decision.IsFault()) return Named(RewardOutcome.Unscored(decision.Status, ""), decision, null);
        if (decision.Value < threshold) return Named(RewardOutcome.Scored(closed), decision, null);
        var outcome = await inner.ScoreAsync(request, ct).ConfigureAwait(false);
        return Named(outcome, decision, outcome);
    }

    private RewardOutcome Named(RewardOutcome result, RewardOutcome decision, RewardOutcome? outcome)
    {
        (string, RewardOutcome)[] named = outcome is null ? [(gate.Name, decision)] : [(gate.Name, decision), (inner.Name, outcome)];
        return result with { Correct = outcome?.Correct ?? decision.Correct, Parts = Members.Parts(named), Reason = Members.Reason(named) };
    }
}
