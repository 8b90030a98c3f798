namespace KdRl.Rewards;

/// <summary>What the parts of one verification share.</summary>
internal sealed class MathScope(MathVerifierOptions options, MathBudget budget, ulong seed = 0)
{
    public MathVerifierOptions Options => options;

    public MathBudget Budget => budget;

    /// <summary>Seeds the points of symbolic comparisons: a hash of both sides.</summary>
    public ulong Seed => seed;

    /// <summary>A bare log is natural instead of decimal.</summary>
    public bool NaturalLog { get; set; }

    /// <summary>Something was divided by 0 or the like; such an answer equals nothing, not even itself.</summary>
    public bool IsUndefined { get; private set; }

    /// <summary>Notes an undefined value.</summary>
    public Rational? Undefined()
    {
        IsUndefined = true;
        return null;
    }
}
