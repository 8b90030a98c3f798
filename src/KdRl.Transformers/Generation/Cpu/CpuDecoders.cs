using KdRl.Transformers.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Makes decoders.</summary>
internal static class CpuDecoders
{
    /// <summary>Weights of a model that is small enough to be laid out for any number of tokens.</summary>
    private const long SmallModel = 1 << 22;

    /// <summary>With fewer tokens to be drawn weights are not laid out: that costs about as much as some ten steps save.</summary>
    private const int FewestTokens = 32;

    /// <summary>More lanes than this share the memory's bandwidth without adding to it.</summary>
    private const int MostLanes = 16;

    /// <summary>A decoder for the model; null where its tensor code has to do.</summary>
    /// <param name="model">The model, whose weights do not change from now on.</param>
    /// <param name="rows">Rows of a step to be expected.</param>
    /// <param name="tokens">Tokens that a row will have drawn at most.</param>
    /// <param name="cacheTokens">Tokens that the key-value cache may hold.</param>
    public static ICpuDecoder? For(CausalLM model, int rows, int tokens, long cacheTokens)
    {
        var (config, weight) = (model.Config, model.OutputWeight);
        if (weight.device_type != DeviceType.CPU || config.Experts is not null || model.HasAdapter || model.IsWatched) return null;
        // A span holds less than 2 GB of a tensor.
        if (model.parameters().Max(parameter => parameter.numel()) * weight.ElementSize > int.MaxValue) return null;
        if (cacheTokens > int.MaxValue / (KeyValueCache.BytesPerToken(config, weight.ElementSize) / (2 * config.Layers))) return null;
        // Rows are read by vectors of 16 numbers.
        if (config.HiddenSize % 16 != 0 || config.IntermediateSize % 16 != 0 || (config.HasQkNorm && config.HeadDim % 16 != 0)) return null;
        if (!LaneProducts.Suit(weight.dtype) && tokens < FewestTokens && model.parameters().Sum(parameter => parameter.numel()) > SmallModel) return null;
        return weight.dtype switch
        {
            ScalarType.Float32 => new CpuDecoder<float, Float32Format>(model, rows, Lanes()),
            ScalarType.BFloat16 => new CpuDecoder<ushort, BFloat16Format>(model, rows, Lanes()),
            _ => null,
        };
    }

    /// <summary>Products for tensor code that decodes; null: libtorch's.</summary>
    /// <param name="model">The model, whose weights do not change from now on.</param>
    /// <param name="rows">Rows of a step to be expected.</param>
    /// <param name="tokens">Tokens that a row will have drawn at most.</param>
    public static ILinearProducts? Products(CausalLM model, int rows, int tokens)
    {
        var weight = model.OutputWeight;
        if (weight.device_type != DeviceType.CPU) return null;
        if (LaneProducts.Suit(weight.dtype)) return new LaneProducts(new LaneCrew(Lanes()), ownsCrew: true);
        return tokens < FewestTokens ? null : new PackedWeights(model, rows);
    }

    private static int Lanes() => Math.Clamp(get_num_threads(), 1, MostLanes);
}
