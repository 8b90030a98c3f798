using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>Rates a text by a rubric: a language model (<see cref="ChatRubricJudge"/>), rules, or people.</summary>
public interface IRubricJudge
{
    /// <summary>Rates one text. Called concurrently; faults are reported by <see cref="RubricVerdict.None"/>, not thrown.</summary>
    ValueTask<RubricVerdict> JudgeAsync(Prompt prompt, string text, RubricSpec rubric, CancellationToken ct);
}
