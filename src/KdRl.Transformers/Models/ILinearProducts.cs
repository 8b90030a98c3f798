using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Products with a model's weights that are faster than libtorch's for the few rows that decoding has.</summary>
internal interface ILinearProducts : IDisposable
{
    /// <summary>x·Wᵀ + b without a gradient; null where it has nothing faster.</summary>
    /// <param name="x"><c>[…, inputs]</c></param>
    /// <param name="weight">A weight of the model, <c>[outputs, inputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c></param>
    Tensor? Linear(Tensor x, Tensor weight, Tensor? bias);
}
