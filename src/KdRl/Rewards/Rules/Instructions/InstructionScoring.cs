namespace KdRl.Rewards;

/// <summary>What a response earns that follows some of its instructions.</summary>
public enum InstructionScoring
{
    /// <summary>The share of instructions followed.</summary>
    Share,

    /// <summary>1 when all are followed, else 0.</summary>
    All,
}
