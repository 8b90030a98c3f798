using KdRl.Tensors;
using KdRl.Transformers;
using static TorchSharp.torch;

namespace KdRl.Examples.Quickstart.Preparation;

/// <summary>A copy of a model's weights to go back to.</summary>
/// <param name="model">The model.</param>
/// <param name="thread">Where its tensors live.</param>
internal sealed class WeightSnapshot(CausalLM model, TorchThread thread) : IDisposable
{
    private Tensor[]? copies;

    /// <summary>Keeps the weights as they are now.</summary>
    public Task TakeAsync() => thread.RunAsync(() =>
    {
        using var noGradient = no_grad();
        copies ??= [.. model.parameters().Select(p => empty_like(p).DetachFromDisposeScope())];
        foreach (var (copy, parameter) in copies.Zip(model.parameters())) copy.copy_(parameter);
    });

    /// <summary>Gives the model the kept weights.</summary>
    /// <exception cref="InvalidOperationException">None were kept.</exception>
    public Task RestoreAsync() => thread.RunAsync(() =>
    {
        using var noGradient = no_grad();
        foreach (var (copy, parameter) in (copies ?? throw new InvalidOperationException("No weights were kept.")).Zip(model.parameters()))
            parameter.copy_(copy);
    });

    public void Dispose()
    {
        foreach (var copy in copies ?? []) copy.Dispose();
    }
}
