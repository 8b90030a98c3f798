namespace KdRl.Rewards;

/// <summary>What a group tells about its prompt.</summary>
/// <param name="Scored">Rollouts with a score.</param>
/// <param name="Accuracy">Share of right answers among rollouts with a verdict, in [0,1]; null when there is none.</param>
/// <param name="MeanReward">Mean score of the scored rollouts; null when there is none.</param>
/// <param name="IsConstant">All scores are equal (or fewer than two exist): the group carries no policy-gradient signal.</param>
/// <param name="Entropy">Monte-Carlo estimate of the sampler's entropy per token in nats: minus the mean sampled log-prob.</param>
public sealed record GroupStatistics(int Scored, double? Accuracy, double? MeanReward, bool IsConstant, double Entropy)
{
    /// <summary>How hard the prompt is for the policy: 1 - <see cref="Accuracy"/>, in [0,1]; null when unknown.</summary>
    public double? Difficulty => 1 - Accuracy;

    internal static GroupStatistics Of(IReadOnlyList<ScoredRollout> rollouts)
    {
        var values = rollouts.Where(r => r.Outcome.Value is not null).Select(r => r.Outcome.Value!.Value).ToArray();
        var verdicts = rollouts.Where(r => r.Outcome.Correct is not null).Select(r => r.Outcome.Correct!.Value).ToArray();
        var logProbs = rollouts.SelectMany(r => r.Rollout.LogProbs.Where((_, t) => r.Rollout.IsSampled(t))).ToArray();
        return new GroupStatistics(
            values.Length,
            verdicts.Length == 0 ? null : verdicts.Count(v => v) / (double)verdicts.Length,
            values.Length == 0 ? null : values.Average(),
            values.Length < 2 || values.All(v => v == values[0]),
            logProbs.Length == 0 ? 0 : -logProbs.Average(x => (double)x));
    }
}
