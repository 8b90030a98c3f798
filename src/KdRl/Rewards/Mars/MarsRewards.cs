namespace KdRl.Rewards;

/// <summary>The rewards of a <see cref="MarsReward"/>, by role. Names do not heed case; a role's name is also the task that is routed to it.</summary>
public sealed class MarsRewards
{
    /// <summary>
    /// Primary rewards with a scale of their own and, as a rule, a verdict: mathematics, code, instructions. Their scores are used as they are; they lie within
    /// <see cref="MarsSourceOptions.Lowest"/> and <see cref="MarsSourceOptions.Highest"/>.
    /// </summary>
    public IDictionary<string, IReward> Verifiers { get; } = new Dictionary<string, IReward>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Primary rewards without ground truth, such as a judge. Each is normalised by itself, so that their scales agree (<see cref="MarsOptions.Normalization"/>).</summary>
    public IDictionary<string, IReward> Preferences { get; } = new Dictionary<string, IReward>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The gate: an answer that scores below <see cref="MarsFormatOptions.Threshold"/> gets the penalty. Null: every form will do.</summary>
    public IReward? Format { get; init; }

    /// <summary>
    /// Light terms on top of every primary reward, such as repetition, length, language. Their scores are on the full scale [−1, 1], and cut there; their weights are in
    /// <see cref="MarsOptions.Auxiliaries"/>.
    /// </summary>
    public IDictionary<string, IReward> Auxiliaries { get; } = new Dictionary<string, IReward>(StringComparer.OrdinalIgnoreCase);
}
