namespace KdRl.Objectives;

/// <summary>
/// The policy loss of a token. r = exp(lp − old), A the advantage, sg a stop gradient, l and h the options
/// <see cref="PolicyLossOptions.ClipLow"/> and <see cref="PolicyLossOptions.ClipHigh"/>.
/// </summary>
public enum PolicyLossKind
{
    /// <summary>
    /// max(−A r, −A clip(r, 1−l, 1+h)) (PPO, arXiv 1707.06347; separate bounds: DAPO, arXiv 2503.14476), with a dual clip and a cap
    /// of the ratio as options. With a sequence ratio this is GSPO (arXiv 2507.18071).
    /// </summary>
    Clipped,

    /// <summary>−sg(clip(r, 1−l, 1+h)) A lp (CISPO, MiniMax-M1, arXiv 2506.13585). The upper bound is 1+h; no lower bound at l = 1.</summary>
    Cispo,

    /// <summary>−(4/τ) σ(τ (r−1)) A, with τ by the sign of A (SAPO, arXiv 2511.20347).</summary>
    Sapo,

    /// <summary>
    /// −Ā exp(mean_t x), with x = lp − old clipped on the side where it would pay: at most h for A &gt; 0, at least −l for A &lt; 0;
    /// l and h are bounds of the logarithm (GMPO, arXiv 2507.20673). Ā is the mean advantage of the sequence. One value a sequence, in each of its tokens.
    /// </summary>
    Gmpo,

    /// <summary>−A lp (REINFORCE): strictly on-policy, the ratio does not enter.</summary>
    Reinforce,
}
