using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>The numbers of tensors in the processor's memory.</summary>
internal static class Memory
{
    /// <param name="tensor">Contiguous, on the CPU; has to outlive the span.</param>
    public static Span<T> Of<T>(Tensor tensor) where T : unmanaged => TensorMemory.Of<T>(tensor);
}
