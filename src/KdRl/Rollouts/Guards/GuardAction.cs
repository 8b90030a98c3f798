namespace KdRl.Rollouts;

/// <summary>A guard's answer to a token.</summary>
/// <param name="Step">What is to be done.</param>
/// <param name="Tokens">What is to be written; empty unless something is. It is no sample of the policy: <see cref="Rollout.Injected"/>.</param>
public readonly record struct GuardAction(GuardStep Step, IReadOnlyList<int> Tokens)
{
    /// <summary>Go on.</summary>
    public static GuardAction None { get; } = new(GuardStep.None, []);

    /// <summary>End the completion.</summary>
    public static GuardAction End { get; } = new(GuardStep.End, []);
}
