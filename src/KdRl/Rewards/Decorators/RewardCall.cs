namespace KdRl.Rewards;

/// <summary>Asks a reward, and says what is wrong with its answer.</summary>
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

    /// <summary>The outcome of a reward that values verdicts where its verifier has a score but no verdict.</summary>
    public static RewardOutcome NoVerdict(this IReward reward, IReward verifier, RewardRequest request) =>
        RewardOutcome.Unscored(RewardStatus.NotApplicable, $"'{verifier.Name}' gave no verdict on prompt '{request.Prompt.Id}'; '{reward.Name}' needs one.");
}
