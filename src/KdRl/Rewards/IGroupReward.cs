namespace KdRl.Rewards;

/// <summary>Implemented by a reward that also compares the completions of a prompt with each other, once all of them are scored.</summary>
/// <remarks>
/// The trainer finds it through <see cref="IReward.Inner"/> and applies it to the whole group, after everything that scores single completions,
/// inner before outer: its terms are added to the final scores. A reward that is asked outside of a run sees single completions only.
/// </remarks>
public interface IGroupReward : IReward
{
    /// <summary>Adds what only the whole group can tell.</summary>
    /// <param name="group">The scored completions of one prompt.</param>
    /// <returns>The same completions in the same order, verdicts and faults unchanged.</returns>
    ScoredGroup ShapeGroup(ScoredGroup group);
}
