using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Curriculum;

/// <summary>
/// Training data that puts both modes into one model (Pangu Embedded, arXiv 2505.22375): easy prompts with a concise fast answer, others with a slow answer that the model
/// masters already.
/// </summary>
/// <param name="labeler">Says which prompts are easy.</param>
/// <param name="template">Marks the mode in the prompt.</param>
public sealed class FusionData(ModeLabeler labeler, ThinkingTemplate template)
{
    /// <summary>The example of a prompt: the shortest right answer of its mode, the first among equals; null when no answer of that mode is right.</summary>
    /// <param name="prompt">The prompt, marked or not.</param>
    /// <param name="record">How the policy fared on it.</param>
    /// <param name="fast">Its fast answers; null or empty: none.</param>
    /// <param name="slow">Its slow answers; null or empty: none.</param>
    /// <exception cref="ArgumentException">An answer is of another prompt.</exception>
    public FusionExample? Example(Prompt prompt, ThinkingRecord record, IReadOnlyList<ScoredRollout>? fast, IReadOnlyList<ScoredRollout>? slow)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if ((fast ?? []).Concat(slow ?? []).FirstOrDefault(r => r.Rollout.PromptId != prompt.Id) is { } stray)
            throw new ArgumentException($"An answer of prompt '{stray.Rollout.PromptId}' stands among those of prompt '{prompt.Id}'.", nameof(fast));
        var mode = labeler.Label(record);
        var right = ((mode == ThinkingMode.Fast ? fast : slow) ?? []).Where(r => r.Outcome.Correct == true && r.Rollout.FinishReason == FinishReason.Stop);
        return right.MinBy(r => r.Rollout.CompletionTokens.Length) is { } best ? new FusionExample(template.Apply(prompt, mode), mode, best.Rollout) : null;
    }
}
