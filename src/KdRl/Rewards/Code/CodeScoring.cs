namespace KdRl.Rewards.Code;

/// <summary>What an answer gets for the tests it passed.</summary>
public enum CodeScoring
{
    /// <summary>1 when all tests passed, else 0. Stops at the first that fails.</summary>
    AllOrNothing,

    /// <summary>The share of tests that passed.</summary>
    PassRate,

    /// <summary>A level for how far it got, and from there the share of tests that passed: see <see cref="CodeLevels"/>.</summary>
    Staged,
}
