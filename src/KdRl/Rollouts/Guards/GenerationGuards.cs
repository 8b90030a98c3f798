namespace KdRl.Rollouts;

/// <summary>Several guards as one: all see every token; the strongest of their wishes is done.</summary>
/// <remarks>To end the completion is stronger than to end the thinking, and that stronger than to inject. Among equals the first guard is heard.</remarks>
/// <param name="guards">The guards of one completion.</param>
public sealed class GenerationGuards(params IReadOnlyList<IGenerationGuard> guards) : IGenerationGuard
{
    /// <inheritdoc/>
    public GuardAction Observe(int token)
    {
        var strongest = GuardAction.None;
        foreach (var guard in guards)
            if (guard.Observe(token) is var action && action.Step > strongest.Step) strongest = action;
        return strongest;
    }

    /// <inheritdoc/>
    public void Injected(IReadOnlyList<int> tokens)
    {
        foreach (var guard in guards) guard.Injected(tokens);
    }
}
