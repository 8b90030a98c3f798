namespace KdRl.Rollouts;

/// <summary>What a guard wants after a token.</summary>
public enum GuardStep
{
    /// <summary>Nothing: go on.</summary>
    None,

    /// <summary>Write the action's tokens, then go on sampling.</summary>
    Inject,

    /// <summary>Write the action's tokens, which close the thinking, then go on sampling the answer.</summary>
    EndThinking,

    /// <summary>End the completion here.</summary>
    End,
}
