using System.Runtime.CompilerServices;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Shape checks before native code sees a tensor, and the one way in which masked cells are removed.</summary>
internal static class TensorGuard
{
    /// <summary>A mask as <c>bool [B,T]</c>; 0/1 numbers are accepted.</summary>
    public static Tensor Mask(Tensor mask, [CallerArgumentExpression(nameof(mask))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(mask, name);
        if (mask.dim() != 2) throw Shape(name, mask, "[B,T]");
        return mask.dtype == ScalarType.Bool ? mask : mask.ne(Scalars.Zero);
    }

    /// <summary>Requires a floating tensor of the shape of another.</summary>
    public static Tensor Like(Tensor tensor, Tensor other, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        TensorChecks.Floating(tensor, name);
        return tensor.shape.AsSpan().SequenceEqual(other.shape) ? tensor : throw Shape(name, tensor, TensorChecks.Shape(other));
    }

    /// <summary>Requires <c>[B]</c>.</summary>
    public static Tensor Rows(Tensor tensor, long rows, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        return tensor.dim() == 1 && tensor.shape[0] == rows ? tensor : throw Shape(name, tensor, $"[{rows}]");
    }

    /// <summary>Per-row or per-token values as <c>[B,T]</c>, 0 where ignored.</summary>
    public static Tensor Tokens(Tensor values, Tensor ignored, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(values, name);
        TensorChecks.Floating(values, name);
        if (values.dim() == 1 && values.shape[0] == ignored.shape[0])
        {
            using var column = values.unsqueeze(1);
            return column.expand(ignored.shape).masked_fill(ignored, Scalars.Zero);
        }
        if (!values.shape.AsSpan().SequenceEqual(ignored.shape)) throw Shape(name, values, $"[{ignored.shape[0]}] or {TensorChecks.Shape(ignored)}");
        return values.masked_fill(ignored, Scalars.Zero);
    }

    public static ArgumentException Shape(string name, Tensor found, string expected) =>
        new($"{name} has shape {TensorChecks.Shape(found)}, expected {expected}.", name);

    public static ArgumentException Missing(string name, string expected) => new($"{name} is missing, expected {expected}.", name);

    public static ArgumentException Superfluous(string name, string why) => new($"{name} is given, but {why}; expected one of the two.", name);
}
