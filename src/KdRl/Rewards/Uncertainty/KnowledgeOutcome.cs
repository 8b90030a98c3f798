namespace KdRl.Rewards;

/// <summary>What became of one question of an evaluation.</summary>
/// <param name="Known">At least one of K earlier answers was right.</param>
/// <param name="Correct">The answer is right.</param>
/// <param name="Refused">The answer refuses (<see cref="RefusalTarget.IsRefusal"/>).</param>
public readonly record struct KnowledgeOutcome(bool Known, bool Correct, bool Refused)
{
    /// <summary>Known and right, or unknown and refused: what <see cref="UncertaintyReward"/> pays for.</summary>
    public bool IsTruthful => Known ? Correct : Refused;
}
