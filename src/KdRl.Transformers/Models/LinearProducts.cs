using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// The products of a model's tensor code. Those of decoding serve only the thread that is in <see cref="Use"/>: other work on the model, at
/// the same time or between two decoding steps, takes libtorch's.
/// </summary>
internal static class LinearProducts
{
    [ThreadStatic]
    private static ILinearProducts? current;

    /// <summary>Whether this thread decodes with products of another kind.</summary>
    public static bool AreInUse => current is not null;

    /// <summary>Runs tensor code with other products.</summary>
    public static void Use(ILinearProducts products, Action body)
    {
        var outer = current;
        current = products;
        try
        {
            body();
        }
        finally
        {
            current = outer;
        }
    }

    /// <summary>x·Wᵀ + b</summary>
    /// <param name="x"><c>[…, inputs]</c></param>
    /// <param name="weight"><c>[outputs, inputs]</c></param>
    /// <param name="bias"><c>[outputs]</c></param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias) =>
        (is_grad_enabled() ? null : current?.Linear(x, weight, bias)) ?? nn.functional.linear(x, weight, bias);
}
