namespace KdRl.Rewards;

/// <summary>Asks a reward.</summary>
internal static class RewardCall
{
    /// <summary>The outcome. A reward that cancels itself, such as one whose HTTP client lost patience, has failed: nobody cancelled the run.</summary>
    public static async ValueTask<RewardOutcome> AskAsync(this IReward reward, RewardRequest request, CancellationToken ct)
    {
        try { return await reward.ScoreAsync(request, ct).ConfigureAwait(false) ?? throw Nothing(reward); }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            return RewardOutcome.Unscored(RewardStatus.Failed, $"{reward.Name} gave up by itself: {e.Message}");
        }
    }

    /// <summary>What a reward gets that returns null.</summary>
    public static InvalidOperationException Nothing(IReward reward) =>
        new($"The reward {reward.Name} returned null; expected an outcome, RewardOutcome.Unscored where there is no score.");
}
