using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Takes decoding steps on the processor: products with the weights where they are or by libtorch, and all between them in passes of its own over rows.</summary>
internal interface ICpuDecoder : IDisposable
{
    /// <summary>Products for the tensor code that reads prompts; null: libtorch's.</summary>
    ILinearProducts? Products { get; }

    /// <summary>Passes one token of each row through the layers; their keys and values go into the cache.</summary>
    /// <param name="tokens">The last token of each row.</param>
    /// <param name="cache">The rows' keys and values, with room for one more column.</param>
    /// <returns>Final hidden states, <c>[rows,H]</c></returns>
    Tensor Hidden(int[] tokens, KeyValueCache cache);

    /// <summary>Logits of final hidden states, <c>[rows,H]</c> to <c>[rows,V]</c>.</summary>
    Tensor Logits(Tensor hidden);

    /// <summary>Draws a token for each row.</summary>
    /// <param name="hidden">Final hidden states, <c>[rows,H]</c></param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="uniform">A number in [0,1) for each row; null: the most likely tokens.</param>
    /// <returns>For each row the token and its log-prob.</returns>
    (int Token, float LogProb)[] Draw(Tensor hidden, double temperature, double[]? uniform);
}
