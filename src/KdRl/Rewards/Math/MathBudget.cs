namespace KdRl.Rewards;

/// <summary>What one verification may cost, counted in steps and sizes, so that the verdict does not depend on the machine.</summary>
internal sealed class MathBudget(int maxNodes, int maxDepth, long maxSteps = MathBudget.MaxSteps)
{
    /// <summary>BigElementary steps: a term of a polynomial, a 256-bit operation.</summary>
    public const long MaxSteps = 100_000;

    /// <summary>Steps of one normal form; what takes more is compared at points instead.</summary>
    public const long FormSteps = 10_000;

    /// <summary>Bits of an exact number; 10^10000 has 33,220.</summary>
    public const long MaxBits = 40_000;

    /// <summary>Largest exact exponent.</summary>
    public const int MaxExponent = 10_000;

    /// <summary>Largest exact factorial.</summary>
    public const int MaxFactorial = 3_000;

    private long _steps;
    private int _nodes;

    /// <summary>Nesting of brackets, functions and exponents.</summary>
    public int MaxDepth => maxDepth;

    /// <summary>Something was too large; the verdict is no.</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>What was used, for tests.</summary>
    public long Steps => _steps;

    /// <summary>Takes steps before they are done; false when they are more than what is left.</summary>
    public bool Spend(long steps)
    {
        if (steps > maxSteps - _steps) IsExceeded = true;
        else _steps += steps;
        return !IsExceeded;
    }

    /// <summary>A smaller budget for an attempt that has an alternative; its steps are to be spent here afterwards.</summary>
    public MathBudget Attempt(long steps) => new(maxNodes, maxDepth, Math.Min(steps, maxSteps - _steps));

    /// <summary>Counts a node; false when there are too many.</summary>
    public bool AddNode()
    {
        if (++_nodes > maxNodes) IsExceeded = true;
        return !IsExceeded;
    }

    /// <summary>Starts to count the nodes of another answer.</summary>
    public void ResetNodes() => _nodes = 0;

    /// <summary>Gives up for good.</summary>
    public void Exceed() => IsExceeded = true;
}
