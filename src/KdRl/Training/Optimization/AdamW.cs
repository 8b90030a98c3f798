using KdRl.Tensors;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace KdRl.Training.Optimization;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2), on flat buffers.
/// </summary>
/// <remarks>
/// <para>
/// With gradient g, step t, learning rate η: θ ← θ (1 − η λ); m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
/// θ ← θ − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε). Moments are float32, and so are the master weights behind bfloat16 and
/// float16 parameters; float64 parameters have float64 moments.
/// </para>
/// <para>
/// The constructor moves the data of all trainable parameters into buffers of its own and gives each a gradient that is a view
/// of one buffer. Move the module to its device and dtype, load its weights and freeze what shall not train <em>before</em>
/// making the optimiser. A weight known by several names (a head tied to the embedding) is stepped once. Frozen parameters are
/// ignored; a parameter that got no gradient has gradient 0.
/// </para>
/// </remarks>
public sealed class AdamW : IDisposable
{
    private readonly AdamWOptions options;
    private readonly ParameterBlock[] blocks;

    /// <summary>Takes over the trainable parameters of a module.</summary>
    /// <param name="module">The module; not disposed.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of range or without effect.</exception>
    /// <exception cref="ArgumentException">The module has no trainable parameter, or they are on several devices.</exception>
    public AdamW(nn.Module module, AdamWOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        this.options = options ?? new AdamWOptions();
        this.options.ThrowIfInvalid();
        var slots = ParameterSlot.Of(module);
        if (slots.Count == 0) throw new ArgumentException("module has no parameter that requires a gradient; expected at least 1", nameof(module));
        foreach (var slot in slots) TensorChecks.Device(slot.Parameter, nameof(module), slots[0].Parameter.device);
        blocks = [.. slots.GroupBy(s => s.Parameter.dtype)
            .Select(g => new ParameterBlock([.. g], s => this.options.Decays(s.Name, s.Parameter.dim())))];
    }

    /// <summary>Number of steps applied; skipped ones do not count.</summary>
    public long StepCount { get; private set; }

    internal IReadOnlyList<ParameterBlock> Blocks => blocks;

    /// <summary>What is trained, each weight once.</summary>
    internal IEnumerable<Tensor> Parameters => blocks.SelectMany(b => b.Slots).Select(s => s.Parameter);

    /// <summary>Gradients apart from the parameters cannot tell whether two names of one weight are one leaf of the graph or two.</summary>
    /// <exception cref="ArgumentException">A weight has several names.</exception>
    internal void ThrowIfTied()
    {
        if (blocks.SelectMany(b => b.Slots).FirstOrDefault(s => s.Aliases.Length > 1) is { } tied)
            throw new ArgumentException($"Parameter '{tied.Name}' is known by {tied.Aliases.Length} names; helper threads need models that hand out each weight once.");
    }

    /// <summary>Adds gradients that were computed apart from the parameters.</summary>
    /// <param name="gradients">In the order of <see cref="Parameters"/>; an empty handle, as <c>autograd.grad</c> gives it, where the loss does not depend on one.</param>
    internal void AddGradients(IReadOnlyList<Tensor> gradients)
    {
        using var noGrad = no_grad();
        var next = 0;
        foreach (var block in blocks)
            for (var i = 0; i < block.Slots.Count; i++) block.AddGradient(i, gradients[next++]);
    }

    /// <summary>Gradients of tables without further tables, for a micro-batch on this thread.</summary>
    /// <param name="isFirst">Whether the gradients are zero. 16-bit ones always are: <see cref="Accumulate"/> has taken those before.</param>
    internal static DirectGradients Direct(bool isFirst) => DirectGradients.Begin(weight => isFirst || weight.ElementSize < sizeof(float));

    /// <summary>
    /// To be called after each backward pass but the last of a step when parameters are bfloat16 or float16: adds their gradients
    /// to a float32 sum, so that many micro-batches lose nothing. Changes nothing for other dtypes.
    /// </summary>
    public void Accumulate()
    {
        using var noGrad = no_grad();
        foreach (var block in blocks) block.Accumulate();
    }

    /// <summary>Clips the gradients, updates the parameters and sets the gradients to zero, ready for the next backward pass.</summary>
    /// <param name="learningRate">η of this step; finite and not negative.</param>
    /// <returns>The gradient norm, and whether the step was applied: when the norm is not finite, parameters, moments and step count stay bit for bit as they were.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    public OptimizerStep Step(double learningRate)
    {
        if (!(learningRate >= 0 && double.IsFinite(learningRate)))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "expected a finite number, not negative");
        Accumulate();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var norm = Math.Sqrt(blocks.Sum(b => b.SquaredGradientNorm()));
        if (!double.IsFinite(norm))
        {
            ZeroGradients();
            return new OptimizerStep(false, norm, 1);
        }
        var clip = options.MaxGradientNorm is { } most && norm > most ? most / norm : 1;
        StepCount++;
        foreach (var block in blocks) block.Update(options, learningRate, StepCount, clip);
        return new OptimizerStep(true, norm, clip);
    }

    /// <summary>Discards the gradients. <see cref="Step"/> does so by itself.</summary>
    public void ZeroGradients()
    {
        using var noGrad = no_grad();
        foreach (var block in blocks) block.ZeroGradients();
    }

    /// <summary>Writes step count, moments, master weights and so the parameter values, exactly.</summary>
    /// <param name="stream">Where to; left open.</param>
    public void Save(Stream stream) => AdamWFile.Write(this, stream);

    /// <summary>Reads what <see cref="Save"/> wrote, for the same module: the next steps are those that would have followed.</summary>
    /// <param name="stream">Where from; left open after the last byte that <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">
    /// The data is not an optimiser's, ends early, or names other parameters, shapes or dtypes; nothing was changed.
    /// </exception>
    public void Load(Stream stream) => StepCount = AdamWFile.Read(this, stream);

    /// <summary>Frees the moments. The parameters keep their values.</summary>
    public void Dispose()
    {
        foreach (var block in blocks) block.Dispose();
    }
}
