namespace KdRl.Rewards;

/// <summary>What a completion was worth, or why that is not known.</summary>
/// <remarks>A missing score is never 0: such a sample leaves the group statistics and the normaliser.</remarks>
public sealed record RewardOutcome
{
    private static readonly IReadOnlyDictionary<string, double> NoParts = new Dictionary<string, double>();

    private RewardOutcome(RewardStatus status, double? value) => (Status, Value) = (status, value);

    /// <summary>Whether there is a score.</summary>
    public RewardStatus Status { get; }

    /// <summary>The score; null unless <see cref="Status"/> is <see cref="RewardStatus.Scored"/>.</summary>
    public double? Value { get; }

    /// <summary>The verifier's verdict before any shaping. Gates, pass rates and difficulty use only this. Null: unknown.</summary>
    public bool? Correct { get; init; }

    /// <summary>The named parts that made up the score, for logs.</summary>
    public IReadOnlyDictionary<string, double> Parts { get; init; } = NoParts;

    /// <summary>Why there is no score, or what the verifier saw.</summary>
    public string? Reason { get; init; }

    /// <summary>A computed score.</summary>
    /// <param name="value">The score; finite.</param>
    /// <param name="correct">The verifier's verdict, where the task has one.</param>
    /// <exception cref="ArgumentException">The score is NaN or infinite.</exception>
    public static RewardOutcome Scored(double value, bool? correct = null) => double.IsFinite(value)
        ? new RewardOutcome(RewardStatus.Scored, value) { Correct = correct }
        : throw new ArgumentException($"A score must be finite; found {value}.", nameof(value));

    /// <summary>A score of 1 for a right answer and 0 for a wrong one.</summary>
    public static RewardOutcome FromVerdict(bool correct) => Scored(correct ? 1 : 0, correct);

    /// <summary>No score: the reward does not apply, timed out or failed.</summary>
    /// <param name="status">Any status but <see cref="RewardStatus.Scored"/>.</param>
    /// <param name="reason">What happened.</param>
    /// <exception cref="ArgumentException">The status is <see cref="RewardStatus.Scored"/>.</exception>
    public static RewardOutcome Unscored(RewardStatus status, string reason) => status != RewardStatus.Scored
        ? new RewardOutcome(status, null) { Reason = reason }
        : throw new ArgumentException("A scored outcome needs a value; use Scored.", nameof(status));

    /// <summary>The same outcome with another score, as a weight or a clamp makes one. Without a score it stays as it is.</summary>
    /// <param name="shape">The new score from the old one.</param>
    /// <returns>
    /// Verdict, parts and reason as before, and the first score as the part <c>raw</c>, unless one is there. <see cref="RewardStatus.Failed"/> when the new
    /// score is NaN or infinite.
    /// </returns>
    public RewardOutcome Shape(Func<double, double> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Value is not { } value) return this;
        var shaped = shape(value);
        var parts = new Dictionary<string, double>(Parts);
        parts.TryAdd("raw", value);
        return double.IsFinite(shaped)
            ? new RewardOutcome(RewardStatus.Scored, shaped) { Correct = Correct, Parts = parts, Reason = Reason }
            : Unscored(RewardStatus.Failed, $"The score {value} became {shaped}.") with { Correct = Correct, Parts = parts };
    }
}
