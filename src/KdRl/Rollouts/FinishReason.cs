namespace KdRl.Rollouts;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>A stop token was sampled; it is the last completion token.</summary>
    Stop,

    /// <summary>The length limit was reached: the completion is truncated.</summary>
    Length,
}
