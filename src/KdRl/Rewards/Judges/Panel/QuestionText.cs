using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>A prompt as a judge reads it.</summary>
internal static class QuestionText
{
    public static string Of(Prompt prompt, int maxCharacters) => JudgeText.Prepare(
        prompt.Text ?? string.Join("\n\n", prompt.Messages!.Select(m => $"{m.Role}: {m.Content}")), maxCharacters);
}
