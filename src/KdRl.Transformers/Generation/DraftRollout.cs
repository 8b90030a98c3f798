using KdRl.Rollouts;

namespace KdRl.Transformers.Generation;

/// <summary>A completion while it grows.</summary>
/// <param name="prompt">Index of the prompt in the call.</param>
/// <param name="promptTokens">Token ids of the prompt.</param>
/// <param name="seed">Its random numbers.</param>
/// <param name="limit">The most tokens it may have.</param>
/// <param name="guard">Watches it; null: nothing does.</param>
internal sealed class DraftRollout(int prompt, int[] promptTokens, RolloutSeed seed, int limit, IGenerationGuard? guard = null)
{
    // What a guard wants written: it takes the places of the next tokens that are drawn.
    private readonly Queue<int> wanted = new();
    private readonly List<int> injected = [];

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

    /// <summary>Which tokens a guard wrote; null: none.</summary>
    public bool[]? Injected()
    {
        if (injected.Count == 0) return null;
        var table = new bool[Tokens.Count];
        foreach (var at in injected) table[at] = true;
        return table;
    }

    private int Prompt => prompt;

    /// <exception cref="InvalidOperationException">The log-prob is not a number.</exception>
    public void Add(int token, float logProb, StopCondition stop)
    {
        if (float.IsNaN(logProb))
            throw new InvalidOperationException($"The model's logits are not numbers at completion token {Tokens.Count} of prompt number {prompt}: its weights may have diverged.");
        if (wanted.TryDequeue(out var given))
        {
            injected.Add(Tokens.Count);
            Append(given, 0);
            return;
        }
        Append(token, logProb);
        if (stop.IsMet(Tokens)) Finish = FinishReason.Stop;
        else if (Finish is null && guard is not null) Obey(guard.Observe(token));
    }

    private void Append(int token, float logProb)
    {
        Tokens.Add(token);
        LogProbs.Add(logProb);
        if (Tokens.Count >= limit) Finish = FinishReason.Length;
    }

    private void Obey(GuardAction action)
    {
        if (action.Step == GuardStep.End) Finish = FinishReason.Length;
        foreach (var token in action.Tokens) wanted.Enqueue(token);
        if (action.Tokens.Count > 0) guard!.Injected(action.Tokens);
    }
}
