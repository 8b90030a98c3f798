using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards;

/// <summary>A reward that does what a test says, and counts how often it was asked.</summary>
internal sealed class ScriptedReward(Func<RewardRequest, CancellationToken, ValueTask<RewardOutcome>> score, string name = "scripted") : IReward
{
    private int asked;

    public ScriptedReward(RewardOutcome outcome, string name = "scripted") : this((_, _) => new(outcome), name) { }

    public string Name => name;

    public int Asked => asked;

    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        Interlocked.Increment(ref asked);
        return score(request, ct);
    }

    public static RewardRequest Request(string response = "two", string? task = null) =>
        RewardRequest.Of(Prompt.FromText("q", "1+1?") with { Reference = "2", Task = task }, response, [1, 2, 3]);
}
