namespace KdRl.Rollouts;

/// <summary>How a policy is asked to answer (Pangu Embedded, arXiv 2505.22375).</summary>
public enum ThinkingMode
{
    /// <summary>At once or with little thinking: "system 1".</summary>
    Fast,

    /// <summary>With a long chain of thought: "system 2".</summary>
    Slow,

    /// <summary>The policy decides. A request only: a worked example is fast or slow.</summary>
    Auto,
}
