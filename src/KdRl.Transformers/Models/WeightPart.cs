using KdRl.Transformers.Checkpoints;
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
    public Tensor Export()
    {
        var rows = Parameter.detach().narrow(0, Start, Rows).view(Shape);
        return RotaryHeadDim is { } headDim ? HeadLayout.ToHalves(rows, headDim) : rows;
    }

    /// <summary>Overwrites the rows with what the checkpoint keeps, read once; numbers are converted to the parameter's type.</summary>
    public void Import(SafeTensorsReader stored)
    {
        var rows = Parameter.detach().narrow(0, Start, Rows).view(Shape);
        if (RotaryHeadDim is { } headDim) rows.copy_(HeadLayout.ToNeighbours(stored.Read(Name, Shape), headDim));
        else stored.ReadInto(Name, rows);
    }
}
