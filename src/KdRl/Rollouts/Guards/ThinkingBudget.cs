namespace KdRl.Rollouts;

/// <summary>Budgeted thinking: where the thinking is still open after so many tokens, it is closed.</summary>
/// <remarks>Thinking begins with the completion: a template that opens the tag in the prompt and a policy that opens it itself are treated alike.</remarks>
public sealed class ThinkingBudget : IGenerationGuard
{
    private readonly int maxTokens;
    private readonly ThinkingEnd end;
    private readonly ThinkingWatch watch;

    /// <summary>Watches one completion.</summary>
    /// <param name="maxTokens">Tokens that the policy may write before; at least 1.</param>
    /// <param name="end">How thinking ends.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is not positive.</exception>
    public ThinkingBudget(int maxTokens, ThinkingEnd end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentNullException.ThrowIfNull(end);
        (this.maxTokens, this.end, watch) = (maxTokens, end, new ThinkingWatch(end));
    }

    /// <summary>Tokens that the policy wrote while it thought.</summary>
    public int Spent { get; private set; }

    /// <inheritdoc/>
    public GuardAction Observe(int token)
    {
        if (!watch.IsThinking) return GuardAction.None;
        watch.Take(token);
        Spent++;
        return watch.IsThinking && Spent >= maxTokens ? new GuardAction(GuardStep.EndThinking, end.Text) : GuardAction.None;
    }

    /// <inheritdoc/>
    public void Injected(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        foreach (var token in tokens) watch.Take(token);
    }
}
