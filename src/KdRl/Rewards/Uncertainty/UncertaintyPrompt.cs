using System.Globalization;
using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>Prompts that carry how sure the policy is: for <see cref="UncertaintyReward"/>, and as text for a policy or reward model to read.</summary>
public static class UncertaintyPrompt
{
    /// <summary>The metadata key of the confidence.</summary>
    public const string ConfidenceKey = "confidence";

    /// <summary>The metadata key of the semantic entropy.</summary>
    public const string EntropyKey = "semantic_entropy";

    /// <summary>Writes an estimate into the prompt's metadata; the policy does not see it.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="estimate">How sure the policy is.</param>
    public static Prompt WithEstimate(Prompt prompt, UncertaintyEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(estimate);
        return prompt with
        {
            Metadata = new Dictionary<string, string>(prompt.Metadata)
            {
                [ConfidenceKey] = estimate.Confidence.ToString("R", CultureInfo.InvariantCulture),
                [EntropyKey] = estimate.Entropy.ToString("R", CultureInfo.InvariantCulture),
            },
        };
    }

    /// <summary>
    /// Writes the estimate of the metadata behind the question as UAlign does, in two lines: <c>### Conf ### 0.60</c> and
    /// <c>### Entro ### 0.90</c>, two decimals. In a conversation they stand at the end of the last message.
    /// </summary>
    /// <param name="prompt">A prompt made by <see cref="WithEstimate"/>.</param>
    /// <exception cref="ArgumentException">The metadata has no estimate, or a malformed one.</exception>
    public static Prompt Show(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (Read(prompt, ConfidenceKey) is not { } confidence || Read(prompt, EntropyKey) is not { } entropy)
            throw new ArgumentException($"Prompt '{prompt.Id}' has no '{ConfidenceKey}' and '{EntropyKey}' in its metadata; expected two numbers of at least 0.", nameof(prompt));
        var lines = string.Create(CultureInfo.InvariantCulture, $"\n### Conf ### {confidence:0.00}\n### Entro ### {entropy:0.00}");
        var shown = prompt.Messages is { } messages
            ? Prompt.FromMessages(prompt.Id, [.. messages.SkipLast(1), messages[^1] with { Content = messages[^1].Content + lines }])
            : Prompt.FromText(prompt.Id, prompt.Text + lines);
        return shown with { Reference = prompt.Reference, Task = prompt.Task, Metadata = prompt.Metadata };
    }

    /// <summary>A number of the metadata; null when it is missing, malformed or negative.</summary>
    internal static double? Read(Prompt prompt, string key) =>
        prompt.Metadata.TryGetValue(key, out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0 ? value : null;
}
