using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Copies of the numbers of tensors of any type, layout and device.</summary>
internal static class TensorNumbers
{
    /// <summary>
    /// The numbers of a tensor in row-major order, as T. TorchSharp's own accessor asks native code for the shape at every number, a hundred times slower.
    /// </summary>
    public static T[] ToNumbers<T>(this Tensor tensor) where T : unmanaged
    {
        using var scope = NewDisposeScope();
        var type = default(T) switch
        {
            float => ScalarType.Float32,
            double => ScalarType.Float64,
            long => ScalarType.Int64,
            _ => throw new ArgumentException($"Numbers of type {typeof(T)} are not read; expected float, double or long."),
        };
        return TensorMemory.Of<T>(tensor.detach().to(type).cpu().contiguous()).ToArray();
    }
}
