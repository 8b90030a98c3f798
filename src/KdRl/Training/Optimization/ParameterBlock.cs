using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Training.Optimization;

/// <summary>
/// The parameters of one dtype, laid end to end. Each parameter and its gradient become views of flat buffers, so that norm,
/// clipping, moments and update are a few operations for all of them.
/// </summary>
internal sealed class ParameterBlock : IDisposable
{
    // Every view starts on a cache line. The first starts after an unused line: a gradient with offset 0 is then not ours.
    private const long Alignment = 16;

    // On a CPU the update goes through the buffers in stretches that stay in its cache, instead of sweeping memory once an operation.
    private const long CpuStretch = 1 << 17;

    private readonly (ParameterSlot Slot, long Offset)[] layout;
    private readonly Tensor[] gradientViews;
    private readonly Tensor gradients;
    private readonly Tensor? accumulated;
    private readonly Tensor? lowPrecision;
    private readonly (long Start, long Count, bool Decays)[] stretches;

    public ParameterBlock(IReadOnlyList<ParameterSlot> slots, Func<ParameterSlot, bool> decays)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (dtype, device) = (slots[0].Parameter.dtype, slots[0].Parameter.device);
        var stateType = dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        ParameterSlot[] ordered = [.. slots.Where(decays), .. slots.Where(s => !decays(s))];
        var offsets = new long[ordered.Length + 1];
        offsets[0] = Alignment;
        for (var i = 0; i < ordered.Length; i++)
            offsets[i + 1] = (offsets[i] + ordered[i].Parameter.numel() + Alignment - 1) / Alignment * Alignment;
        layout = [.. ordered.Select((slot, i) => (slot, offsets[i]))];
        Slots = ordered;
        var (size, boundary) = (offsets[^1], offsets[slots.Count(decays)]);
        stretches = [.. Stretches(0, boundary, device, true), .. Stretches(boundary, size, device, false)];

        Tensor Buffer(ScalarType type) => zeros(size, type, device).DetachFromDisposeScope();
        Values = Buffer(stateType);
        FirstMoment = Buffer(stateType);
        SecondMoment = Buffer(stateType);
        gradients = Buffer(dtype);
        if (dtype != stateType) (accumulated, lowPrecision) = (Buffer(stateType), Buffer(dtype));
        gradientViews = new Tensor[layout.Length];
        for (var i = 0; i < layout.Length; i++)
        {
            var (slot, offset) = layout[i];
            View(Values, slot, offset).copy_(slot.Parameter);
            var home = View(lowPrecision ?? Values, slot, offset);
            home.copy_(slot.Parameter);
            foreach (var alias in slot.Aliases) alias.set_(home);
            gradientViews[i] = View(gradients, slot, offset).DetachFromDisposeScope();
            using var existing = slot.Parameter.grad;
            if (existing is not null) gradientViews[i].copy_(existing);
            Adopt(i);
        }
    }

    /// <summary>The parameters, in the order of the buffers.</summary>
    public IReadOnlyList<ParameterSlot> Slots { get; }

    /// <summary>Master weights; the parameters themselves where their dtype is that of the moments.</summary>
    public Tensor Values { get; }

    public Tensor FirstMoment { get; }

    public Tensor SecondMoment { get; }

    public ScalarType Dtype => gradients.dtype;

    public IEnumerable<(string Name, long[] Shape)> Parameters => layout.Select(l => (l.Slot.Name, l.Slot.Parameter.shape));

    /// <summary>Adds low-precision gradients to their float32 sum, and takes in gradients that replaced our views.</summary>
    public void Accumulate()
    {
        for (var i = 0; i < layout.Length; i++)
        {
            using var gradient = layout[i].Slot.Parameter.grad;
            if (gradient is not null && gradient.storage_offset() == layout[i].Offset) continue;
            // Somebody set the gradient to null (zero_grad does); a backward pass may since have put one of its own there.
            if (gradient is null) gradientViews[i].zero_();
            else gradientViews[i].copy_(gradient);
            Adopt(i);
        }
        if (accumulated is null) return;
        foreach (var (start, count, _) in stretches)
        {
            using var sum = accumulated.narrow(0, start, count);
            using var part = gradients.narrow(0, start, count);
            using var wide = part.to(accumulated.dtype);
            using var added = sum.add_(wide, Scalars.One);
        }
        gradients.zero_();
    }

    public void AddGradient(int index, Tensor gradient)
    {
        if (!gradient.IsInvalid) gradientViews[index].add_(gradient, Scalars.One);
    }

    public double SquaredGradientNorm()
    {
        using var norm = (accumulated ?? gradients).norm();
        using var wide = norm.to(ScalarType.Float64);
        var value = wide.item<double>();
        return value * value;
    }

    public void ZeroGradients()
    {
        gradients.zero_();
        accumulated?.zero_();
    }

    public void Update(AdamWOptions options, double learningRate, long step, double clipFactor)
    {
        var secondCorrection = Math.Sqrt(1 - Math.Pow(options.Beta2, step));
        using var beta1 = options.Beta1.ToScalar();
        using var rest1 = (1 - options.Beta1).ToScalar();
        using var beta2 = options.Beta2.ToScalar();
        using var rest2 = (1 - options.Beta2).ToScalar();
        using var clip = clipFactor.ToScalar();
        using var keep = (1 - learningRate * options.WeightDecay).ToScalar();
        // m̂ / (√v̂ + ε) = (√c₂ / c₁) · m / (√v + ε √c₂), with c the bias corrections: the moments are left as they are.
        using var epsilon = (options.Epsilon * secondCorrection).ToScalar();
        using var size = (-learningRate * secondCorrection / (1 - Math.Pow(options.Beta1, step))).ToScalar();
        foreach (var (start, count, decays) in stretches)
        {
            using var value = Values.narrow(0, start, count);
            using var m = FirstMoment.narrow(0, start, count);
            using var v = SecondMoment.narrow(0, start, count);
            using var g = (accumulated ?? gradients).narrow(0, start, count);
            using var scope = NewDisposeScope();
            if (clipFactor != 1) g.mul_(clip);
            if (decays && options.WeightDecay != 0) value.mul_(keep);
            m.mul_(beta1).add_(g, rest1);
            v.mul_(beta2).addcmul_(g, g, rest2);
            // The gradient is used up: its buffer holds the denominator. The power is computed as a root, but unlike sqrt_ it does
            // not wake a second thread for a few thousand numbers, which on a busy machine costs milliseconds.
            g.copy_(v).pow_(Scalars.Half).add_(epsilon, Scalars.One);
            value.addcdiv_(m, g, size);
            g.zero_();
        }
        lowPrecision?.copy_(Values);
    }

    /// <summary>Takes new master weights and moments.</summary>
    public void Restore(Tensor values, Tensor firstMoment, Tensor secondMoment)
    {
        Values.copy_(values);
        FirstMoment.copy_(firstMoment);
        SecondMoment.copy_(secondMoment);
        lowPrecision?.copy_(values);
        ZeroGradients();
    }

    public void Dispose()
    {
        foreach (var view in gradientViews) view.Dispose();
        Values.Dispose();
        FirstMoment.Dispose();
        SecondMoment.Dispose();
        gradients.Dispose();
        accumulated?.Dispose();
        lowPrecision?.Dispose();
    }

    private void Adopt(int index)
    {
        foreach (var alias in layout[index].Slot.Aliases) alias.grad = gradientViews[index];
    }

    private static Tensor View(Tensor buffer, ParameterSlot slot, long offset) =>
        buffer.narrow(0, offset, slot.Parameter.numel()).view(slot.Parameter.shape);

    private static IEnumerable<(long Start, long Count, bool Decays)> Stretches(long start, long end, Device device, bool decays)
    {
        var length = device.type == DeviceType.CPU ? CpuStretch : Math.Max(1, end - start);
        for (; start < end; start += length) yield return (start, Math.Min(length, end - start), decays);
    }
}
