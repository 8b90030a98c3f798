namespace KdRl.Objectives;

/// <summary>What happens to a weight outside the bounds.</summary>
public enum ImportanceAction
{
    /// <summary>It is moved to the bound.</summary>
    Truncate,

    /// <summary>It becomes 0: the token or sequence leaves the policy loss, but not its denominator.</summary>
    Mask,
}
