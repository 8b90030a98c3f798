namespace KdRl.Rewards;

/// <summary>One score from those of all members that apply.</summary>
internal sealed class CombinedReward : IReward
{
    private readonly IReward[] members;
    private readonly Func<IReadOnlyList<double?>, double> combine;

    /// <param name="name">Its name.</param>
    /// <param name="members">What is combined.</param>
    /// <param name="combine">The score from those of the members; null stands for one that does not apply, and at least one does.</param>
    public CombinedReward(string name, IReadOnlyList<IReward> members, Func<IReadOnlyList<double?>, double> combine)
    {
        Members.Check(name, members);
        (Name, this.members, this.combine) = (name, [.. members], combine);
    }

    public string Name { get; }

    public IEnumerable<IReward> Inner => members;

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        var outcomes = await Members.AskAllAsync(members, request, ct).ConfigureAwait(false);
        (string Name, RewardOutcome Outcome)[] named = [.. members.Zip(outcomes, (m, o) => (m.Name, o))];
        return Combine(outcomes, Members.Reason(named)) with { Correct = outcomes.FirstOrDefault(o => o.Correct is not null)?.Correct, Parts = Members.Parts(named) };
    }

    private RewardOutcome Combine(RewardOutcome[] outcomes, string? reason)
    {
        if (outcomes.FirstOrDefault(o => o.IsFault()) is { } fault) return RewardOutcome.Unscored(fault.Status, reason ?? "");
        if (outcomes.All(o => o.Status == RewardStatus.NotApplicable)) return RewardOutcome.Unscored(RewardStatus.NotApplicable, reason ?? "");
        var value = combine([.. outcomes.Select(o => o.Value)]);
        return double.IsFinite(value)
            ? RewardOutcome.Scored(value) with { Reason = reason }
            : RewardOutcome.Unscored(RewardStatus.Failed, $"The scores of {Name} combine to {value}.");
    }
}
