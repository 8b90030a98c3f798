using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>A lane's outputs of a product, to be read before the lane's next product.</summary>
/// <typeparam name="T">A number in memory.</typeparam>
/// <param name="numbers"><c>[rows, outputs of the lane]</c></param>
/// <param name="owner">What holds them, if it has to be freed.</param>
internal readonly ref struct LaneOutput<T>(Span<T> numbers, Tensor? owner) where T : unmanaged
{
    public Span<T> Numbers { get; } = numbers;

    public void Dispose() => owner?.Dispose();
}
