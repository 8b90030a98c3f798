namespace KdRl.Rollouts;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>A stop token was sampled, or a stop string completed; that token is the last of the completion.</summary>
    Stop,

    /// <summary>The length limit was reached, or a guard ended a loop: the completion is truncated.</summary>
    Length,
}
