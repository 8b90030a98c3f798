using KdRl.Rewards;

namespace KdRl.Training;

/// <summary>The groups of one step with everything known of them, and how they came about.</summary>
/// <param name="Groups">The groups that train.</param>
/// <param name="Drawn">All groups drawn, those that dynamic sampling dropped included, in the order of the prompts.</param>
/// <param name="RefillRounds">Rounds of dynamic sampling.</param>
/// <param name="ConstantShare">Share of groups with equal scores among all that were drawn, in [0,1]; NaN without a reward.</param>
/// <param name="DrawnReward">Mean score over all that were drawn; NaN when nothing has a score.</param>
/// <param name="GenerationSeconds">Time until the last group was drawn and scored, summed over rounds.</param>
/// <param name="TeacherSeconds">Time for the log-probs of teacher, reference and base model.</param>
internal sealed record CollectedStep(
    IReadOnlyList<ScoredGroup> Groups, IReadOnlyList<ScoredGroup> Drawn, int RefillRounds, double ConstantShare, double DrawnReward, double GenerationSeconds, double TeacherSeconds);
