using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KdRl.Rollouts;

/// <summary>How completions are drawn.</summary>
/// <remarks>A record, so that a draw that differs in little is <c>options with { Seed = seed }</c>: all else, also what is added later, stays as it is.</remarks>
public sealed record SamplingOptions
{
    /// <summary>Completions per prompt, G.</summary>
    /// <value>The default value is 8.</value>
    [Range(1, 4096)]
    public int GroupSize { get; set; } = 8;

    /// <summary>The most tokens a completion may have.</summary>
    /// <value>The default value is 512.</value>
    [Range(1, int.MaxValue)]
    public int MaxNewTokens { get; set; } = 512;

    /// <summary>Divides the logits before the softmax; 0 means greedy decoding.</summary>
    /// <value>The default value is 1.</value>
    [Range(0.0, 100.0)]
    public double Temperature { get; set; } = 1;

    /// <summary>Sample among the k most likely tokens only; 0 turns it off.</summary>
    /// <value>The default value is 0.</value>
    [Range(0, int.MaxValue)]
    public int TopK { get; set; }

    /// <summary>Sample among the smallest set of tokens with at least this probability; 1 turns it off.</summary>
    /// <value>The default value is 1.</value>
    [Range(1e-6, 1.0)]
    public double TopP { get; set; } = 1;

    /// <summary>Sample among tokens with at least this share of the most likely token's probability; 0 turns it off.</summary>
    /// <value>The default value is 0.</value>
    [Range(0.0, 1.0)]
    public double MinP { get; set; }

    /// <summary>Token ids that end a completion. Null: the model's own end-of-sequence tokens.</summary>
    public int[]? StopTokens { get; set; }

    /// <summary>
    /// Texts that end a completion as soon as it contains one; the token that completes the text is the last. Compared ordinally with
    /// the decoded completion, special tokens removed; none may be empty. Null (the default): only tokens end a completion.
    /// </summary>
    public string[]? StopStrings { get; set; }

    /// <summary>Answers loops by a control prompt, and ends what goes on in circles (<see cref="Rollouts.RepetitionGuard"/>).</summary>
    /// <value>The default value is null: loops go on up to <see cref="MaxNewTokens"/>.</value>
    [ValidateObjectMembers]
    public RepetitionGuardOptions? RepetitionGuard { get; set; }

    /// <summary>A budget for thinking, and how thinking is ended; for policies that think before they answer.</summary>
    /// <value>The default value is null: nothing ends the thinking from outside; a guard against loops ends the completion instead.</value>
    [ValidateObjectMembers]
    public ThinkingOptions? Thinking { get; set; }

    /// <summary>
    /// Seed of this draw. Rollout j of a prompt depends only on the seed, the prompt's id, j and the weights, never on
    /// what else is in the batch (up to floating-point ties, which are not rare with weights of 16 bits).
    /// </summary>
    public long Seed { get; set; }
}
