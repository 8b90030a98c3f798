using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Losses that a model asks for beside the trainer's own, such as the balance loss of a mixture of experts. A trainer collects them
/// while it runs the model and adds them to its loss; a model without such losses adds none, and nothing changes. Like torch's gradient
/// mode this belongs to the thread.
/// </summary>
/// <remarks>
/// The trainers here weight each micro-batch by its share of the step's tokens. A loss that is no mean over tokens, as a balance loss, is
/// then that of the micro-batches, as in other trainers: it alone depends on how a step is split.
/// </remarks>
/// <example><code>
/// using var auxiliary = AuxiliaryLosses.Collect();
/// var loss = auxiliary.AddTo(MyLoss(model.Hidden(ids, positions, null)), weight: 1);
/// loss.backward();
/// </code></example>
public sealed class AuxiliaryLosses : IDisposable
{
    [ThreadStatic]
    private static AuxiliaryLosses? current;

    private readonly AuxiliaryLosses? outer;
    private readonly List<Tensor> losses = [];

    private AuxiliaryLosses() => (outer, current) = (current, this);

    /// <summary>Whether somebody collects and gradients are recorded: only then need a model compute such a loss.</summary>
    public static bool AreWanted => current is not null && is_grad_enabled();

    /// <summary>Collects what models add on this thread until it is disposed.</summary>
    public static AuxiliaryLosses Collect() => new();

    /// <summary>For models: hands in a loss, with its coefficient in it. Without effect unless <see cref="AreWanted"/>.</summary>
    /// <param name="loss">A scalar; it is taken out of its dispose scope.</param>
    /// <exception cref="ArgumentException">It is no scalar.</exception>
    public static void Add(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.dim() != 0) throw new ArgumentException($"The loss is [{string.Join(",", loss.shape)}]; expected a scalar.", nameof(loss));
        if (AreWanted) current!.losses.Add(loss.DetachFromDisposeScope());
    }

    /// <summary>How many losses were collected.</summary>
    public int Count => losses.Count;

    /// <summary>The sum of what was collected; 0 when there was nothing.</summary>
    public double Total
    {
        get
        {
            using var scope = NewDisposeScope();
            return losses.Sum(loss => loss.to(ScalarType.Float64).item<double>());
        }
    }

    /// <summary>A loss with what was collected added to it, or the loss itself when there was nothing.</summary>
    /// <param name="loss">The trainer's loss, a scalar.</param>
    /// <param name="weight">Multiplies what is added: the share of the step's tokens that went through the model meanwhile.</param>
    public Tensor AddTo(Tensor loss, double weight)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (losses.Count == 0) return loss;
        using var scope = NewDisposeScope();
        using var share = weight.ToScalar();
        return losses.Aggregate(loss, (total, extra) => total.add(extra.to(total.dtype), share)).MoveToOuterDisposeScope();
    }

    /// <summary>Ends the collection and frees what was collected.</summary>
    public void Dispose()
    {
        if (current == this) current = outer;
        losses.ForEach(loss => loss.Dispose());
        losses.Clear();
    }
}
