namespace KdRl.Rewards;

/// <summary>Changes scores by a function; what has no score stays without.</summary>
internal sealed class ShapedReward(IReward inner, Func<double, double> shape) : IReward
{
    public string Name => inner.Name;

    public IEnumerable<IReward> Inner => [inner];

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct) =>
        (await inner.ScoreAsync(request, ct).ConfigureAwait(false)).Shape(shape);
}
