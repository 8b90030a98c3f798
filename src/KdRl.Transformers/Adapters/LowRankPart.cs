using KdRl.Transformers.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Adapters;

/// <summary>What an adapter adds to some rows of a projection: scale·B·A·x.</summary>
internal sealed class LowRankPart : nn.Module, IProjectionAddition
{
    private readonly UnadaptedModel reference;
    private readonly double dropout;
    private readonly Scalar scale;
    // Named as registered: moving a module to another device or type replaces its parameters through fields of that name.
    private Parameter a, b;

    /// <param name="name">Name of the projection, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
    /// <param name="reference">Says when the model runs without its adapter.</param>
    /// <param name="target">The rows.</param>
    /// <param name="options">Rank, scale and dropout.</param>
    public LowRankPart(string name, UnadaptedModel reference, ProjectionPart target, LoraOptions options) : base(nameof(LowRankPart))
    {
        (TensorName, this.reference, Target, dropout) = (name, reference, target, options.Dropout);
        scale = (options.Alpha / options.Rank).ToScalar();
        var weight = target.Projection.Weight;
        a = new Parameter(zeros([options.Rank, weight.shape[1]], weight.dtype, weight.device));
        b = new Parameter(zeros([target.Rows, options.Rank], weight.dtype, weight.device));
        register_parameter(nameof(a), a);
        register_parameter(nameof(b), b);
    }

    /// <summary>Name of the projection in the checkpoint.</summary>
    public string TensorName { get; }

    /// <summary>The rows of the projection.</summary>
    public ProjectionPart Target { get; }

    public IEnumerable<Parameter> Parameters => [a, b];

    /// <summary>Numbers a token that it adds to the activations: A·x, B·A·x and its multiple, and that at its place in the projection's output and the sum.</summary>
    public long Activations => a.shape[0] + 2 * Target.Rows + 2 * Target.Projection.Weight.shape[0];

    /// <summary>The two matrices as PEFT keeps them.</summary>
    public IEnumerable<WeightPart> Weights()
    {
        yield return WeightPart.Whole(Stored(TensorName, 'A'), a);
        yield return new WeightPart(Stored(TensorName, 'B'), b, 0, Target.Rows, Target.RotaryHeadDim);
    }

    /// <summary>Names and shapes of the two matrices in PEFT's file.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(string name, ProjectionPart target, int rank) =>
        [(Stored(name, 'A'), [rank, target.Projection.Weight.shape[1]]), (Stored(name, 'B'), [target.Rows, rank])];

    private static string Stored(string name, char matrix) => $"base_model.model.{name}.lora_{matrix}.weight";

    /// <summary>A is uniform in ±1/√inputs, B is 0: the adapted model starts as the frozen one.</summary>
    public void Initialize(Generator generator)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var bound = 1 / Math.Sqrt(a.shape[1]);
        a.copy_(empty(a.shape, dtype: ScalarType.Float32).uniform_(-bound, bound, generator));
    }

    public Tensor Add(Tensor output, Tensor input, long start)
    {
        var (before, width) = (Target.Start - start, output.shape[^1]);
        if (reference.IsRunning || before < 0 || before >= width) return output;
        var kept = dropout > 0 && is_grad_enabled() && training ? nn.functional.dropout(input, dropout) : input;
        var delta = nn.functional.linear(nn.functional.linear(kept, a), b).mul(scale);
        if (Target.Rows < width) delta = nn.functional.pad(delta, [before, width - before - Target.Rows]);
        return output.add(delta, Scalars.One);
    }

    /// <summary>Adds scale·B·A to the projection's weight for good.</summary>
    public void Merge()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = Target.Projection.Weight.narrow(0, Target.Start, Target.Rows);
        rows.copy_(rows.to(ScalarType.Float32).add(b.to(ScalarType.Float32).mm(a.to(ScalarType.Float32)).mul(scale), Scalars.One));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) scale.Dispose();
        base.Dispose(disposing);
    }
}
