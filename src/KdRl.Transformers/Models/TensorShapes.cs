using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Checks the arguments of a forward pass before native code sees them.</summary>
internal static class TensorShapes
{
    public static void Check(Tensor ids, Tensor positions, Tensor? attention)
    {
        if (ids.dim() != 2 || ids.dtype != ScalarType.Int64 || ids.numel() == 0)
            throw new ArgumentException($"ids are {Describe(ids)}; expected int64 [B,T], not empty.", nameof(ids));
        Same(ids, positions, ScalarType.Int64, nameof(positions));
        if (attention is not null) Same(ids, attention, ScalarType.Bool, nameof(attention));
    }

    public static void Check(SharedPrompts prompts, Tensor completions)
    {
        var rows = prompts.Row.shape[0];
        if (completions.dim() != 2 || completions.dtype != ScalarType.Int64 || completions.shape[0] != rows || completions.shape[1] == 0)
            throw new ArgumentException($"completions are {Describe(completions)}; expected int64 [{rows},T], one row for each of the prompts' rows, not empty.", nameof(completions));
    }

    private static void Same(Tensor ids, Tensor other, ScalarType type, string name)
    {
        if (other.dtype != type || !other.shape.AsSpan().SequenceEqual(ids.shape))
            throw new ArgumentException($"{name} are {Describe(other)}; expected {type} of the shape of ids, [{string.Join(",", ids.shape)}].", name);
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(",", tensor.shape)}]";
}
