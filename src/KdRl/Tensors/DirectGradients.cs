using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// One table for the gradient of a table <c>[V,H]</c>, to which all its uses add. By autograd every use, head and lookups, hands over a table
/// of its own, and where they share a weight there are sums of them besides: three and more at a time, which grow with the vocabulary. A
/// trainer switches this on around the passes of a micro-batch; like torch's gradient mode it belongs to the thread.
/// </summary>
/// <remarks>
/// What is computed meanwhile must be differentiated before this is disposed. Autograd then has no gradient for such a weight: it is in the
/// weight's own, or <see cref="Apart"/>. Megatron-LM does so under the name of gradient accumulation fusion.
/// </remarks>
internal sealed class DirectGradients : IDisposable
{
    [ThreadStatic]
    private static DirectGradients? current;

    private readonly DirectGradients? outer;
    private readonly Func<Tensor, bool> usesOwn;
    private readonly List<Table> tables = [];

    private DirectGradients(Func<Tensor, bool> usesOwn) => (outer, current, this.usesOwn) = (current, this, usesOwn);

    /// <summary>Switches on until disposed.</summary>
    /// <param name="usesOwn">
    /// Whether a weight's own gradient is the table: it must be zero. Otherwise the table is made anew, so that a micro-batch is summed before
    /// it is added to others, and sums do not depend on who adds them.
    /// </param>
    public static DirectGradients Begin(Func<Tensor, bool> usesOwn) => new(usesOwn);

    /// <summary>Where uses of a weight on this thread add its gradient; null: autograd has it. So it is for a weight that is computed from others, or not trained.</summary>
    public static Table? For(Tensor weight)
    {
        if (current is not { } own || !is_grad_enabled() || !weight.requires_grad || !weight.is_leaf) return null;
        if (own.tables.Find(table => ReferenceEquals(table.Weight, weight)) is { } known) return known;
        using var gradient = weight.grad;
        if (gradient is null) return null;
        own.tables.Add(new Table(weight, own.usesOwn(weight)));
        return own.tables[^1];
    }

    /// <summary>The weights whose gradients are tables made anew, and the tables.</summary>
    public IEnumerable<(Tensor Weight, Tensor Gradient)> Apart => tables.Where(table => table.Apart is not null).Select(table => (table.Weight, table.Apart!));

    /// <summary>Adds the tables that were made anew to the weights' own gradients.</summary>
    public void AddToOwn()
    {
        using var noGrad = no_grad();
        foreach (var (weight, gradient) in Apart)
        {
            using var own = weight.grad;
            own!.add_(gradient, Scalars.One).Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        current = outer;
        foreach (var (_, gradient) in Apart) gradient.Dispose();
        tables.Clear();
    }

    /// <summary>The table of one weight.</summary>
    internal sealed class Table(Tensor weight, bool usesOwn)
    {
        public Tensor Weight => weight;

        public Tensor? Apart { get; private set; }

        /// <summary>What is to be added to, in place.</summary>
        public Tensor Gradient => usesOwn ? weight.grad! : Apart ??= zeros_like(weight, requires_grad: false).DetachFromDisposeScope();
    }
}
