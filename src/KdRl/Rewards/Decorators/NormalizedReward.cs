using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>
/// Brings the scores of one source to mean 0 and deviation 1: z = clip((s − μ)/σ, −c, c), and 0 while fewer than two scores are known or σ is below 1e-6.
/// μ and σ are those of the steps before; they are saved with the checkpoint.
/// </summary>
/// <param name="inner">The source.</param>
/// <param name="options">Clip and memory.</param>
/// <param name="stateName">Tells its state from that of others. Left out: the source's name.</param>
internal sealed class NormalizedReward(IReward inner, NormalizationOptions options, string? stateName = null) : IReward, IAdaptiveReward
{
    private const double LeastDeviation = 1e-6;

    // Scores of the step under way. Those of evaluations are never asked for and vanish with their completions.
    private readonly ConditionalWeakTable<Rollouts.Rollout, StrongBox<double>> seen = [];
    private RunningStatistics statistics;

    public string Name => inner.Name;

    public IEnumerable<IReward> Inner => [inner];

    string ICheckpointed.Name => "normalization-" + StateName.Of(stateName ?? Name);

    internal RunningStatistics Statistics => statistics;

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        var outcome = await inner.ScoreAsync(request, ct).ConfigureAwait(false);
        if (outcome.Value is { } value) seen.AddOrUpdate(request.Origin, new StrongBox<double>(value));
        return outcome.Shape(Normalize);
    }

    public void Observe(IReadOnlyList<ScoredGroup> groups)
    {
        var next = statistics.Fade(options.Decay);
        foreach (var rollout in groups.SelectMany(g => g.Rollouts))
            if (seen.TryGetValue(rollout.Rollout, out var value)) next = next.Add(value.Value);
        statistics = next;
        seen.Clear();
    }

    public void Save(Stream stream) => JsonSerializer.Serialize(stream, statistics);

    public void Load(Stream stream)
    {
        RunningStatistics loaded;
        try { loaded = JsonSerializer.Deserialize<RunningStatistics>(stream); }
        catch (JsonException e) { throw new InvalidDataException($"The statistics of the reward {Name} cannot be read: {e.Message}", e); }
        if (loaded.Weight < 0 || loaded.SquaredDeviations < 0)
            throw new InvalidDataException($"The statistics of the reward {Name} are {loaded}; expected a weight and squared deviations of at least 0.");
        statistics = loaded;
    }

    private double Normalize(double value)
    {
        var now = statistics;
        if (now.Weight < options.MinSamples || now.Deviation < LeastDeviation) return 0;
        return Math.Clamp((value - now.Mean) / now.Deviation, -options.Clip, options.Clip);
    }
}
