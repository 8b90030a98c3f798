using KdRl.Rollouts;

namespace KdRl.Transformers.Generation;

/// <summary>A completion while it grows.</summary>
/// <param name="prompt">Index of the prompt in the call.</param>
/// <param name="promptTokens">Token ids of the prompt.</param>
/// <param name="seed">Its random numbers.</param>
/// <param name="limit">The most tokens it may have.</param>
internal sealed class DraftRollout(int prompt, int[] promptTokens, RolloutSeed seed, int limit)
{
    public int[] PromptTokens { get; } = promptTokens;

    public List<int> Tokens { get; } = new(Math.Min(limit, 64));

    public List<float> LogProbs { get; } = new(Math.Min(limit, 64));

    /// <summary>Null while it grows.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>The most tokens it may have.</summary>
    public int Limit => limit;

    /// <summary>Tokens so far, prompt included.</summary>
    public int Length => PromptTokens.Length + Tokens.Count;

    /// <summary>The number that decides its next token.</summary>
    public double NextUniform => seed.At(Tokens.Count);

    /// <summary>The tokens so far, prompt included.</summary>
    public int[] Sequence() => Tokens.Count == 0 ? PromptTokens : [.. PromptTokens, .. Tokens];

    /// <summary>Whether both have nothing yet but the same prompt.</summary>
    public bool SharesTokens(DraftRollout other) => prompt == other.Prompt && Tokens.Count == 0 && other.Tokens.Count == 0;

    private int Prompt => prompt;

    /// <exception cref="InvalidOperationException">The log-prob is not a number.</exception>
    public void Add(int token, float logProb, StopCondition stop)
    {
        if (float.IsNaN(logProb))
            throw new InvalidOperationException($"The model's logits are not numbers at completion token {Tokens.Count} of prompt number {prompt}: its weights may have diverged.");
        Tokens.Add(token);
        LogProbs.Add(logProb);
        if (stop.IsMet(Tokens)) Finish = FinishReason.Stop;
        else if (Tokens.Count >= limit) Finish = FinishReason.Length;
    }
}
