using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Reverse KL over the whole vocabulary with its gradient in the student: with upstream gradient g,
/// ∂/∂z_v = g p_v (log p_v − log q_v − KL) / τ.
/// </summary>
internal sealed class ReverseKlFunction : autograd.SingleTensorFunction<ReverseKlFunction>
{
    public override string Name => nameof(ReverseKlFunction);

    /// <summary>Arguments: student hidden, student weight, teacher hidden, teacher weight, settings.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var settings = (HeadSettings)vars[4];
        Tensor[] inputs = [(Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]];
        var divergence = Forward(inputs[0], inputs[1], inputs[2], inputs[3], settings, out var kept);
        ctx.save_for_backward(kept is null ? [.. inputs] : [.. inputs, kept]);
        ctx.save_data(nameof(settings), settings);
        return divergence;
    }

    /// <summary>Returns <c>[N]</c>, and the slope p (log p − log q − KL) when there is a single chunk.</summary>
    public static Tensor Forward(
        Tensor hidden, Tensor weight, Tensor teacherHidden, Tensor teacherWeight, HeadSettings settings, out Tensor? kept)
    {
        using var noGrad = no_grad();
        var rows = hidden.shape[0];
        List<Tensor> parts = [];
        kept = null;
        foreach (var (start, count) in settings.Chunks(rows))
        {
            using var scope = NewDisposeScope();
            var (divergence, slope) = Chunk(hidden, weight, teacherHidden, teacherWeight, start, count, settings);
            parts.Add(divergence.MoveToOuterDisposeScope());
            if (count == rows) kept = slope().MoveToOuterDisposeScope();
        }
        return parts.Count switch { 0 => zeros([0], settings.Dtype, hidden.device), 1 => parts[0], _ => cat(parts) };
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var settings = (HeadSettings)ctx.get_data("settings");
        var kept = saved.Count > 4 ? saved[4] : null;
        var gradient = new HeadGradient(saved[0], saved[1], settings);
        var upstream = settings.Scale(grad_output.clone());
        foreach (var (start, count) in settings.Chunks(saved[0].shape[0]))
        {
            using var chunk = NewDisposeScope();
            var slope = kept ?? Chunk(saved[0], saved[1], saved[2], saved[3], start, count, settings).Slope();
            gradient.Add(start, count, slope.mul(upstream.narrow(0, start, count).unsqueeze(1)));
        }
        var (ofHidden, ofWeight) = gradient.Result();
        List<Tensor> result = [ofHidden?.MoveToOuterDisposeScope()!, ofWeight?.MoveToOuterDisposeScope()!, null!, null!, null!];
        // Without a dispose scope on this thread nothing else would keep the wrappers alive until native code has read them.
        ctx.save_data("gradients", result);
        return result;
    }

    private static (Tensor Divergence, Func<Tensor> Slope) Chunk(
        Tensor hidden, Tensor weight, Tensor teacherHidden, Tensor teacherWeight, long start, long count, HeadSettings settings)
    {
        var student = settings.Logits(hidden.narrow(0, start, count), weight).log_softmax(-1);
        var gap = student.sub(settings.Logits(teacherHidden.narrow(0, start, count), teacherWeight).log_softmax(-1));
        var probs = student.exp();
        var divergence = probs.mul(gap).sum(-1);
        return (divergence, () => gap.sub_(divergence.unsqueeze(1)).mul_(probs));
    }
}
