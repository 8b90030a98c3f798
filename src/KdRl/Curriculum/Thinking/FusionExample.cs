using KdRl.Rollouts;

namespace KdRl.Curriculum;

/// <summary>A worked example of fusion training.</summary>
/// <param name="Prompt">The prompt with the marker of its mode.</param>
/// <param name="Mode">Fast or slow.</param>
/// <param name="Rollout">A right answer in that mode. Its prompt tokens are those it was drawn with; the example's prompt is to be encoded again.</param>
public sealed record FusionExample(Prompt Prompt, ThinkingMode Mode, Rollout Rollout);
