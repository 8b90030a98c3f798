namespace KdRl.Transformers;

/// <summary>
/// How a model with depth-scaled sandwich norm starts, so that the variance of its residual stream does not depend on its depth
/// (Pangu Ultra, arXiv 2504.07866): the gain of the norm behind each sublayer falls with the root of the depth, and all weights are
/// drawn small (TinyInit).
/// </summary>
/// <remarks>
/// What leaves a norm has the norm's gain as its root mean square, as long as the norm's ε is small beside the mean square of what
/// enters it. With 2L uncorrelated sublayer outputs Var(h_L) = Var(h_0) + L·(γ_attn² + γ_mlp²) = Var(h_0) + 0.283² + 0.432², whatever L.
/// </remarks>
public static class DepthScaledInit
{
    // γ·√L of the norm behind attention and of the norm behind the feed-forward block; deviation of the embedding.
    private const double Attention = 0.283, Mlp = 0.432, Embedding = 0.5;

    /// <summary>
    /// The start of a model of L layers and width d: gains 0.283/√L behind attention and 0.432/√L behind the feed-forward block;
    /// standard deviation 1/√(2dL) of all matrices but the embedding, whose is 0.5.
    /// </summary>
    /// <param name="layers">Number of layers, L; positive.</param>
    /// <param name="hidden">Width of the residual stream, d; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not positive.</exception>
    public static (double GammaAttn, double GammaMlp, double WeightStd, double EmbedStd) For(int layers, int hidden)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hidden);
        var depth = Math.Sqrt(layers);
        return (Attention / depth, Mlp / depth, 1 / Math.Sqrt(2.0 * hidden * layers), Embedding);
    }
}
