using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Something that is added to what a projection computes.</summary>
internal interface IProjectionAddition
{
    /// <summary>Its parameters.</summary>
    IEnumerable<Parameter> Parameters { get; }

    /// <summary>Adds its share to some outputs of the projection; those hold all of the rows it belongs to, or none.</summary>
    /// <param name="output">The projection's outputs from <paramref name="start"/> on.</param>
    /// <param name="input">The projection's input.</param>
    /// <param name="start">The first of the outputs.</param>
    Tensor Add(Tensor output, Tensor input, long start);
}
