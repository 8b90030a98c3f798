namespace KdRl.Rewards;

/// <summary>Makes rewards from functions, and from other rewards.</summary>
public static partial class Reward
{
    /// <summary>A reward computed by a function that needs no waiting.</summary>
    /// <param name="name">Names the reward in logs and metrics.</param>
    /// <param name="score">Scores one completion; called concurrently.</param>
    public static IReward Create(string name, Func<RewardRequest, RewardOutcome> score)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(score);
        return new FunctionReward(name, score);
    }

    private sealed class FunctionReward(string name, Func<RewardRequest, RewardOutcome> score) : IReward
    {
        public string Name => name;

        public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            return ValueTask.FromResult(score(request) ?? throw RewardCall.Nothing(this));
        }
    }
}
