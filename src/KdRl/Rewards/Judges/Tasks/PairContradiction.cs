namespace KdRl.Rewards;

/// <summary>What becomes of a pair whose winner depends on which answer the judge reads first.</summary>
public enum PairContradiction
{
    /// <summary>A tie: the judge prefers a place, not an answer, and says nothing about the two. Value 0.5.</summary>
    Tie,

    /// <summary>No score from this vote.</summary>
    Unscored,
}
