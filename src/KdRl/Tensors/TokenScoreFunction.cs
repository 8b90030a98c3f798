using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Log-prob and entropy of tokens with their gradient: with p = softmax(z / τ), g and e the gradients of lp and H,
/// ∂/∂z_v = [g (1[v = target] − p_v) − e p_v (log p_v + H)] / τ.
/// </summary>
internal sealed class TokenScoreFunction : autograd.SingleTensorFunction<TokenScoreFunction>
{
    public override string Name => nameof(TokenScoreFunction);

    /// <summary>Arguments: hidden, weight, targets, settings.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, weight, targets, settings) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (HeadSettings)vars[3]);
        var scores = Forward(hidden, weight, targets, settings, out var kept);
        ctx.save_for_backward(kept is null ? [hidden, weight, targets, scores.detach()] : [hidden, weight, targets, scores.detach(), kept]);
        ctx.save_data(nameof(settings), settings);
        return scores;
    }

    /// <summary>Returns <c>[N]</c>, or <c>[2,N]</c> with the entropy, and the log-softmax when there is a single chunk.</summary>
    public static Tensor Forward(Tensor hidden, Tensor weight, Tensor targets, HeadSettings settings, out Tensor? kept)
    {
        using var noGrad = no_grad();
        var rows = hidden.shape[0];
        List<Tensor> parts = [];
        kept = null;
        foreach (var (start, count) in settings.Chunks(rows))
        {
            using var scope = NewDisposeScope();
            var logSoftmax = settings.Logits(hidden.narrow(0, start, count), weight).log_softmax(-1);
            var logProbs = logSoftmax.gather(1, targets.narrow(0, start, count).unsqueeze(1)).squeeze(1);
            if (count == rows) kept = logSoftmax.MoveToOuterDisposeScope();
            var part = settings.WithEntropy ? stack([logProbs, logSoftmax.exp().mul_(logSoftmax).sum(-1).neg()]) : logProbs;
            parts.Add(part.MoveToOuterDisposeScope());
        }
        return parts.Count switch
        {
            0 => zeros(settings.WithEntropy ? [2, 0] : [0], settings.Dtype, hidden.device),
            1 => parts[0],
            _ => cat(parts, -1),
        };
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var settings = (HeadSettings)ctx.get_data("settings");
        var (hidden, weight, targets, scores) = (saved[0], saved[1], saved[2], saved[3]);
        var kept = saved.Count > 4 ? saved[4] : null;
        var gradient = new HeadGradient(hidden, weight, settings);
        var upstream = settings.Scale(grad_output.clone());
        foreach (var (start, count) in settings.Chunks(hidden.shape[0]))
        {
            using var chunk = NewDisposeScope();
            var target = targets.narrow(0, start, count).unsqueeze(1);
            var g = Column(upstream, 0, start, count, settings);
            var logSoftmax = kept ?? Recompute(settings.Logits(hidden.narrow(0, start, count), weight), target, Column(scores, 0, start, count, settings));
            Tensor logits;
            if (settings.WithEntropy)
            {
                var slope = logSoftmax.add(Column(scores, 1, start, count, settings), Scalars.One).mul_(Column(upstream, 1, start, count, settings)).add_(g, Scalars.One);
                logits = slope.mul_(logSoftmax.exp()).neg_();
            }
            else
            {
                logits = kept is null ? logSoftmax.exp_() : logSoftmax.exp();
                logits.mul_(g.neg());
            }
            gradient.Add(start, count, logits.scatter_add_(1, target, g));
        }
        var (ofHidden, ofWeight) = gradient.Result();
        List<Tensor> result = [ofHidden?.MoveToOuterDisposeScope()!, ofWeight?.MoveToOuterDisposeScope()!, null!, null!];
        // Without a dispose scope on this thread nothing else would keep the wrappers alive until native code has read them.
        ctx.save_data("gradients", result);
        return result;
    }

    /// <summary>log softmax(z) = z − logsumexp(z), where the log-prob of the target already tells logsumexp(z) = z_target − lp.</summary>
    private static Tensor Recompute(Tensor logits, Tensor target, Tensor logProbs) => logits.sub_(logits.gather(1, target).sub_(logProbs));

    /// <summary>One row of a <c>[N]</c> or <c>[2,N]</c> tensor, as a column <c>[count,1]</c>.</summary>
    private static Tensor Column(Tensor values, long row, long start, long count, HeadSettings settings) =>
        (settings.WithEntropy ? values.select(0, row) : values).narrow(0, start, count).unsqueeze(1);
}
