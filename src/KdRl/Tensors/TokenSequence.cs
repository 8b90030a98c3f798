namespace KdRl.Tensors;

/// <summary>A sequence of tokens, the tail of which is to be scored.</summary>
/// <param name="Tokens">Token ids, at least one.</param>
/// <param name="FirstScored">
/// Index of the first token to score, in [1, Tokens.Length]: every token from there to the end is scored. Nothing predicts
/// token 0, so it cannot be scored; Tokens.Length scores nothing.
/// </param>
public readonly record struct TokenSequence(int[] Tokens, int FirstScored)
{
    /// <summary>A prompt and its completion, of which the completion is scored.</summary>
    public TokenSequence(int[] prompt, int[] completion) : this([.. prompt, .. completion], prompt.Length) { }
}
