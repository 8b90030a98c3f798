namespace KdRl.Rewards;

/// <summary>The first reward that applies.</summary>
internal sealed class FirstApplicableReward(string name, IReadOnlyList<IReward> members) : IReward
{
    public string Name => name;

    public IEnumerable<IReward> Inner => members;

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        var refusals = new List<(string Name, RewardOutcome Outcome)>();
        foreach (var member in members)
        {
            var outcome = await member.ScoreAsync(request, ct).ConfigureAwait(false);
            if (outcome.Status != RewardStatus.NotApplicable)
                return outcome with { Parts = Members.Parts([(member.Name, outcome)]), Reason = Members.Reason([(member.Name, outcome)]) };
            refusals.Add((member.Name, outcome));
        }

        return RewardOutcome.Unscored(RewardStatus.NotApplicable, Members.Reason(refusals) ?? "no member applies") with
        {
            Correct = refusals.FirstOrDefault(r => r.Outcome.Correct is not null).Outcome?.Correct,
            Parts = Members.Parts(refusals),
        };
    }
}
