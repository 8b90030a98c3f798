namespace KdRl.Rewards;

/// <summary>What became of a verification. All but <see cref="InvalidReference"/> are the response's own doing.</summary>
public enum MathVerdictStatus
{
    /// <summary>An answer was found and compared with the reference.</summary>
    Compared,

    /// <summary>The response has no answer where one is looked for.</summary>
    NoAnswer,

    /// <summary>The response ends inside its thinking or inside its box.</summary>
    Truncated,

    /// <summary>The response has boxes with different contents, and only one is allowed.</summary>
    Ambiguous,

    /// <summary>The answer is empty, too long, or has characters that a reader cannot see.</summary>
    Rejected,

    /// <summary>Reading or comparing the answer would exceed a limit on steps or sizes.</summary>
    BudgetExceeded,

    /// <summary>The reference itself is empty, too long, too large or undefined: nothing can be said about the response.</summary>
    InvalidReference,
}
