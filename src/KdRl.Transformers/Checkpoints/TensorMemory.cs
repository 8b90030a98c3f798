using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>The memory of tensors, which a span cannot hold when it has more than 2 GB.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first byte; valid as long as the tensor.</summary>
    /// <param name="tensor">Contiguous, on the CPU, not empty.</param>
    public static byte* Start(Tensor tensor)
    {
        using var flat = tensor.detach().view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
