using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// What a token's distribution says, with the gradient written out. With p = softmax(z / τ) of the student, q of the teacher,
/// and g, e, k the gradients of lp = log p(target), H = −Σ p log p and the divergence D of p and q:
/// ∂/∂z_v = [g 1[v = target] + p_v (−g − e (log p_v + H)) + k s_v] / τ, where s is the slope of <see cref="HeadDivergence"/>.
/// </summary>
internal sealed class HeadFunction : autograd.SingleTensorFunction<HeadFunction>
{
    public override string Name => nameof(HeadFunction);

    /// <summary>Arguments: hidden, weight, inputs.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, weight, inputs) = ((Tensor)vars[0], (Tensor)vars[1], (HeadInputs)vars[2]);
        var scores = Forward(hidden, weight, inputs, out var kept);
        ctx.save_for_backward([hidden, weight, scores.detach(), .. inputs.Tensors, .. kept]);
        ctx.save_data("settings", inputs.Settings);
        return scores;
    }

    /// <summary>The rows of <see cref="HeadSettings"/>, <c>[rows,N]</c>, and the tables of the backward pass when there is a single chunk.</summary>
    public static Tensor Forward(Tensor hidden, Tensor weight, HeadInputs inputs, out Tensor[] kept)
    {
        using var noGrad = no_grad();
        var (settings, count) = (inputs.Settings, hidden.shape[0]);
        List<Tensor> parts = [];
        kept = [];
        foreach (var chunk in settings.Chunks(count))
        {
            using var scope = NewDisposeScope();
            var student = Logits(hidden, weight, chunk, settings, settings.Temperature).log_softmax(-1);
            var target = inputs.Targets?.narrow(0, chunk.Start, chunk.Count).unsqueeze(1);
            List<Tensor> rows = [];
            if (target is not null) rows.Add(student.gather(1, target).squeeze(1));
            Tensor? slope = null;
            if (settings.WithEntropy || settings.WithTeacher)
            {
                var probs = student.exp();
                if (settings.WithEntropy) rows.Add(probs.mul(student).sum(-1).neg());
                if (settings.WithTeacher)
                {
                    var teacher = Teacher(inputs, chunk);
                    var (divergence, slopeOf) = HeadDivergence.Of(student, probs, teacher, settings.Beta);
                    rows.Add(divergence);
                    if (target is not null) rows.Add(teacher.gather(1, target).squeeze(1));
                    if (chunk.Count == count) slope = slopeOf();
                }
            }
            parts.Add(stack([.. rows]).MoveToOuterDisposeScope());
            if (chunk.Count == count) kept = [.. new[] { student, slope }.OfType<Tensor>().Select(table => table.MoveToOuterDisposeScope())];
        }
        return parts.Count switch { 0 => zeros([settings.Rows, 0], settings.Dtype, hidden.device), 1 => parts[0], _ => cat(parts, -1) };
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var settings = (HeadSettings)ctx.get_data("settings");
        var saved = ctx.get_saved_variables();
        var (hidden, weight, scores, ends) = (saved[0], saved[1], saved[2], 3 + settings.Tensors);
        var inputs = HeadInputs.Of(settings, saved[3..ends]);
        var gradient = new HeadGradient(hidden, weight, settings);
        var upstream = HeadSettings.Scale(grad_output.clone(), settings.Temperature);
        foreach (var chunk in settings.Chunks(hidden.shape[0]))
        {
            using var inner = NewDisposeScope();
            Column Row(int row) => new(scores.select(0, row).narrow(0, chunk.Start, chunk.Count).unsqueeze(1), upstream.select(0, row).narrow(0, chunk.Start, chunk.Count).unsqueeze(1));
            var target = inputs.Targets?.narrow(0, chunk.Start, chunk.Count).unsqueeze(1);
            var student = saved.Count > ends ? saved[ends] : Recompute(Logits(hidden, weight, chunk, settings, settings.Temperature), target, target is null ? null : Row(0).Score);
            var (probs, pull) = (student.exp(), target is null ? null : Row(0).Gradient.neg());
            if (settings.WithEntropy)
            {
                var (entropy, e) = Row(settings.EntropyRow);
                pull = Sum(pull, student.add(entropy, Scalars.One).mul_(e.neg()));
            }
            // The slope reads p before the pull is multiplied into it.
            var slope = !settings.WithTeacher ? null
                : saved.Count > ends ? saved[ends + 1] : HeadDivergence.Of(student, probs, Teacher(inputs, chunk), settings.Beta).Slope();
            var logits = pull is null ? null : probs.mul_(pull);
            if (slope is not null) logits = Sum(logits, slope.mul(Row(settings.DivergenceRow).Gradient));
            gradient.Add(chunk.Start, chunk.Count, target is null ? logits! : logits!.scatter_add_(1, target, Row(0).Gradient));
        }
        var (ofHidden, ofWeight) = gradient.Result();
        List<Tensor> result = [ofHidden?.MoveToOuterDisposeScope()!, ofWeight?.MoveToOuterDisposeScope()!, null!];
        // Without a dispose scope on this thread nothing else would keep the wrappers alive until native code has read them.
        ctx.save_data("gradients", result);
        return result;
    }

    /// <summary>A row of the results and its upstream gradient over the temperature, <c>[count,1]</c>.</summary>
    private readonly record struct Column(Tensor Score, Tensor Gradient);

    /// <summary>log q.</summary>
    private static Tensor Teacher(HeadInputs inputs, (long, long) chunk) =>
        Logits(inputs.TeacherHidden!, inputs.TeacherWeight!, chunk, inputs.Settings, inputs.Settings.TeacherTemperature).log_softmax(-1);

    private static Tensor Logits(Tensor hidden, Tensor weight, (long Start, long Count) chunk, HeadSettings settings, double temperature) =>
        HeadSettings.Scale(nn.functional.linear(hidden.narrow(0, chunk.Start, chunk.Count), weight).to(settings.Dtype), temperature);

    /// <summary>log softmax(z) = z − logsumexp(z), where the log-prob of a target already tells logsumexp(z) = z_target − lp.</summary>
    private static Tensor Recompute(Tensor logits, Tensor? target, Tensor? logProbs) =>
        target is null ? logits.log_softmax(-1) : logits.sub_(logits.gather(1, target).sub_(logProbs!));

    /// <summary>A table plus a column or another table, in the place of the first.</summary>
    private static Tensor Sum(Tensor? other, Tensor table) => other is null ? table : table.add_(other, Scalars.One);
}
