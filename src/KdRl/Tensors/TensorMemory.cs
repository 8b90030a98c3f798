using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>The numbers of tensors where they lie, valid as long as the tensor; <see cref="TensorNumbers"/> copies them.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>All of a tensor's numbers.</summary>
    /// <param name="tensor">Contiguous, on the CPU, below 2 GB, which is what a span can hold.</param>
    public static Span<T> Of<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>The first byte of a tensor of any size.</summary>
    /// <param name="tensor">Contiguous, on the CPU, not empty.</param>
    public static byte* Start(Tensor tensor)
    {
        using var flat = tensor.detach().view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
