using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Examples.Quickstart.Tasks;

/// <summary>What answers are trained by: a MARS reward with the written steps as its gate and the answer's verifier behind it.</summary>
internal static class AnswerReward
{
    /// <summary>A new one, for one run: 1 for a right answer, 0 for a wrong one and for one whose steps are not written out.</summary>
    public static IReward Create() => new MarsReward(
        new MarsRewards
        {
            Verifiers = { ["arithmetic"] = AnswerVerifier.Reward },
            Format = Reward.Create("steps", r => RewardOutcome.Scored(AnswerVerifier.IsWellFormed(r.Response, r.FinishReason == FinishReason.Stop) ? 1 : 0)),
        },
        // The task is to answer rightly, step by step: a broken form is a wrong answer, and no worse.
        new MarsOptions { Format = { Penalty = 0 } });
}
