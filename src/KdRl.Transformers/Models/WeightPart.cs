using KdRl.Transformers.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Some rows of a parameter, and the name under which a Hugging Face checkpoint keeps them.</summary>
/// <param name="Name">Name in the checkpoint.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Start">First row.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="RotaryHeadDim">Width of a head when the rows are turned by rotary positions (<see cref="HeadLayout"/>), else null.</param>
internal sealed record WeightPart(string Name, Parameter Parameter, long Start, long Rows, int? RotaryHeadDim)
{
    public static WeightPart Whole(string name, Parameter parameter) => new(name, parameter, 0, parameter.shape[0], null);

    /// <summary>Whether a vector is stored as a matrix of one row.</summary>
    public bool IsOneRow { get; init; }

    public long[] Shape => IsOneRow ? [1, Rows] : [Rows, .. Parameter.shape[1..]];

    /// <summary>The rows as the checkpoint keeps them.</summary>
    public Tensor Export() => Stored().reshape(Shape);

    /// <summary>Overwrites weights with what the checkpoint keeps, read once; numbers are converted to the parameter's type.</summary>
    /// <param name="parts">The weights; each is stored in its shape.</param>
    /// <param name="stored">The checkpoint.</param>
    public static void Import(IReadOnlyList<WeightPart> parts, SafeTensorsReader stored)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var part in parts) stored.Check(part.Name, part.Shape);
        foreach (var parameter in parts.Select(part => part.Parameter).Distinct<Parameter>(ReferenceEqualityComparer.Instance)) KernelHints.UseLargePages(parameter, all: true);
        var kinds = parts.ToLookup(part => part.Parameter.device_type == DeviceType.CPU && stored.CanRead(part.Name, part.Parameter.dtype));
        stored.ReadInto(kinds[true].Select(part => (part.Name, part.Own(), part.RotaryHeadDim)));
        foreach (var part in kinds[false])
        {
            using var inner = NewDisposeScope();
            stored.Convert(part.Name, part.Stored());
        }
    }

    /// <summary>The rows themselves, looked at in the order in which the checkpoint keeps them.</summary>
    private Tensor Stored() => RotaryHeadDim is { } headDim ? HeadLayout.AsHalves(Own(), headDim) : Own();

    private Tensor Own() => Parameter.detach().narrow(0, Start, Rows);
}
