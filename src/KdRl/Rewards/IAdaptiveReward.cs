namespace KdRl.Rewards;

/// <summary>Implemented by a reward whose scale or weights move with the run: running statistics, a curriculum.</summary>
/// <remarks>
/// What it learns is frozen within a step, so a score never depends on the order in which completions happen to be scored, and is saved with the
/// checkpoint, so a resumed run goes on as an unbroken one would. Evaluations teach it nothing.
/// </remarks>
public interface IAdaptiveReward : ICheckpointed
{
    /// <summary>Learns from a step, once it is complete.</summary>
    /// <param name="groups">All groups drawn in the step, in the order of the prompts; those that dynamic sampling dropped too.</param>
    void Observe(IReadOnlyList<ScoredGroup> groups);
}
