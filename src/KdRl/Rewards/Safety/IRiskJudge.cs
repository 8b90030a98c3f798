using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>Finds the risk patterns of a response: a language model (<see cref="ChatRiskJudge"/>), a classifier, rules, or people.</summary>
public interface IRiskJudge
{
    /// <summary>Judges one response. Called concurrently; faults are reported by <see cref="RiskVerdict.None"/>, not thrown.</summary>
    /// <param name="prompt">The request.</param>
    /// <param name="response">Its reasoning and its answer; the answer of unfinished reasoning is empty.</param>
    /// <param name="ct">Cancels the judgement.</param>
    ValueTask<RiskVerdict> JudgeAsync(Prompt prompt, ReasoningSplit response, CancellationToken ct);
}
