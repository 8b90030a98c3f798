namespace KdRl.Rollouts;

/// <summary>Watches one completion while it is written, and steers it. Of no engine: it sees token ids only.</summary>
/// <remarks>Belongs to one completion; not thread-safe. Its decisions depend on the tokens alone, so that the same seed gives the same rollout.</remarks>
public interface IGenerationGuard
{
    /// <summary>Takes a token that the policy wrote. Stop tokens need not be shown.</summary>
    /// <returns>What is to be done now.</returns>
    GuardAction Observe(int token);

    /// <summary>Takes tokens that a guard, this one or another, had written.</summary>
    void Injected(IReadOnlyList<int> tokens);
}
