using System.ComponentModel.DataAnnotations;

namespace KdRl.Training;

/// <summary>How the policy is examined on held-out prompts while it trains.</summary>
public sealed class EvaluationOptions
{
    /// <summary>Steps between evaluations; the last step is always followed by one. 0 turns evaluation off.</summary>
    /// <value>The default value is 10.</value>
    [Range(0, int.MaxValue)]
    public int Every { get; set; } = 10;

    /// <summary>Whether to evaluate before the first step too, reported as step 0.</summary>
    /// <value>The default value is true.</value>
    public bool AtStart { get; set; } = true;

    /// <summary>Temperature of the answers; 0 means greedy decoding.</summary>
    /// <value>The default value is 0.</value>
    [Range(0.0, 100.0)]
    public double Temperature { get; set; }

    /// <summary>Answers per prompt, n of pass@k. Greedy decoding always gives the same one, so it allows only 1.</summary>
    /// <value>The default value is 1.</value>
    [Range(1, 4096)]
    public int SamplesPerPrompt { get; set; } = 1;

    /// <summary>The k of pass@k, reported beside pass@1; at most <see cref="SamplesPerPrompt"/>. 1: only pass@1.</summary>
    /// <value>The default value is 1.</value>
    [Range(1, 4096)]
    public int K { get; set; } = 1;

    /// <summary>The most tokens of an answer. Null: as in training.</summary>
    /// <value>The default value is null.</value>
    [Range(1, int.MaxValue)]
    public int? MaxNewTokens { get; set; }
}
