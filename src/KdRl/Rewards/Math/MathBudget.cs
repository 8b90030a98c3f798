namespace KdRl.Rewards;

/// <summary>What one verification may cost, counted in steps and sizes, so that the verdict does not depend on the machine.</summary>
internal sealed class MathBudget(int maxNodes, int maxDepth)
{
    /// <summary>BigElementary steps: a term of a polynomial, a 256-bit operation.</summary>
    public const long MaxSteps = 300_000;

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

    /// <summary>Takes steps; false when they are used up.</summary>
    public bool Spend(long steps)
    {
        _steps += steps;
        if (_steps > MaxSteps) IsExceeded = true;
        return !IsExceeded;
    }

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
