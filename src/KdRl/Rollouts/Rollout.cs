namespace KdRl.Rollouts;

/// <summary>One completion that a policy wrote for one prompt. Plain managed data: it can be stored or sent elsewhere.</summary>
public sealed record Rollout
{
    /// <summary>The <see cref="Prompt.Id"/> this completion answers.</summary>
    public required string PromptId { get; init; }

    /// <summary>Token ids of the prompt as the policy read it.</summary>
    public required int[] PromptTokens { get; init; }

    /// <summary>Token ids of the completion, a stop token included when one was sampled.</summary>
    public required int[] CompletionTokens { get; init; }

    /// <summary>
    /// The sampler's natural log-prob of each completion token, under the temperature-scaled distribution before any
    /// top-k, top-p or min-p truncation: the quantity that the trainer recomputes. 0 for tokens that were injected.
    /// </summary>
    public required float[] LogProbs { get; init; }

    /// <summary>
    /// Which completion tokens a guard wrote instead of the policy (<see cref="IGenerationGuard"/>). They are no samples: they train nothing and are in no statistic of
    /// log-probs, and their <see cref="LogProbs"/> are 0. Null: none.
    /// </summary>
    public bool[]? Injected { get; init; }

    /// <summary>Whether the policy itself wrote a completion token.</summary>
    /// <param name="token">Index of the token.</param>
    public bool IsSampled(int token) => Injected is null || !Injected[token];

    /// <summary>Why the completion ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>The version of the policy that wrote it: the number of optimiser steps behind the weights.</summary>
    public required long PolicyVersion { get; init; }

    /// <summary>The completion as text, special tokens removed.</summary>
    public required string Text { get; init; }
}
