namespace KdRl.Distillation;

/// <summary>By how many tokens the gated teacher term is divided. The paper does not say.</summary>
public enum GateDenominator
{
    /// <summary>All counted tokens of the step: a closed gate is the same as a coefficient of 0 on that response.</summary>
    AllTokens,

    /// <summary>The counted tokens of responses with a weight above 0: the teacher's pull does not fade as fewer responses are distilled.</summary>
    KeptTokens,
}
