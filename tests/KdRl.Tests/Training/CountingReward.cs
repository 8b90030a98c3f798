using KdRl.Rewards;

namespace KdRl.Tests.Training;

/// <summary>A reward with state: it counts what it has scored.</summary>
internal sealed class CountingReward : IReward, ICheckpointed
{
    private long count;

    public long Count => count;

    public string Name => "counting";

    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        Interlocked.Increment(ref count);
        return ValueTask.FromResult(RewardOutcome.Scored(request.Rollout.CompletionTokens.Length));
    }

    public void Save(Stream stream) => stream.Write(BitConverter.GetBytes(count));

    public void Load(Stream stream)
    {
        var bytes = new byte[sizeof(long)];
        stream.ReadExactly(bytes);
        count = BitConverter.ToInt64(bytes);
    }
}
