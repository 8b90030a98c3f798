using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>The divergence D between student p and teacher q at some tokens, and its slope in the student's logits.</summary>
internal static class HeadDivergence
{
    /// <summary>
    /// D <c>[n]</c> and, on demand and once, τ ∂D/∂z <c>[n,V]</c>. With m = (1 − β) p + β q and a = log p − log m:
    /// β = 1: D = Σ p (log p − log q), slope p (log p − log q − D); β = 0: D = Σ q (log q − log p), slope p − q;
    /// between: D = β Σ q (log q − log m) + (1 − β) Σ p a, slope (1 − β) p (a − Σ p a).
    /// </summary>
    /// <param name="student">log p, <c>[n,V]</c>.</param>
    /// <param name="probs">p.</param>
    /// <param name="teacher">log q, <c>[n,V]</c>.</param>
    /// <param name="wanted">q.</param>
    /// <param name="beta">β, in [0,1].</param>
    public static (Tensor Value, Func<Tensor> Slope) Of(Tensor student, Tensor probs, Tensor teacher, Tensor wanted, double beta)
    {
        if (beta == 1)
        {
            var gap = student.sub(teacher);
            var value = probs.mul(gap).sum(-1);
            return (value, () => gap.sub_(value.unsqueeze(1)).mul_(probs));
        }
        if (beta == 0) return (wanted.mul(teacher.sub(student)).sum(-1), () => probs.sub(wanted));
        using var share = beta.ToScalar();
        using var rest = (1 - beta).ToScalar();
        var mixture = probs.mul(rest).add_(wanted, share).log_();
        var lead = student.sub(mixture);
        var own = probs.mul(lead).sum(-1);
        return (wanted.mul(teacher.sub(mixture)).sum(-1).mul_(share).add_(own, rest), () =>
        {
            using var factor = (1 - beta).ToScalar();
            return lead.sub(own.unsqueeze(1)).mul_(probs).mul_(factor);
        });
    }
}
