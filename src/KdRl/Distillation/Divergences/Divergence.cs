using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>The generalised Jensen-Shannon family over the last axis, of which forward and reverse KL are the ends.</summary>
internal static class Divergence
{
    /// <summary>Divergence of two vocabularies of logits.</summary>
    public static Tensor OfLogits(Tensor studentLogits, Tensor teacherLogits, double beta)
    {
        TensorChecks.Floating(studentLogits, nameof(studentLogits));
        TensorChecks.Floating(teacherLogits, nameof(teacherLogits));
        TensorChecks.SameShape(teacherLogits, nameof(teacherLogits), studentLogits, nameof(studentLogits));
        TensorChecks.SameType(teacherLogits, nameof(teacherLogits), studentLogits, nameof(studentLogits));
        TensorChecks.Constant(teacherLogits, nameof(teacherLogits));
        CheckBeta(beta);
        if (studentLogits.dim() == 0 || studentLogits.shape[^1] == 0)
            throw new ArgumentException($"'studentLogits' has shape {TensorChecks.Shape(studentLogits)}; expected [..,V] with V ≥ 1.", nameof(studentLogits));
        using var scope = NewDisposeScope();
        return OfLogProbs(studentLogits.log_softmax(-1), teacherLogits.log_softmax(-1), beta).MoveToOuterDisposeScope();
    }

    /// <summary>Refuses a β outside [0, 1].</summary>
    public static void CheckBeta(double beta)
    {
        if (!(beta is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, $"'beta' must lie in [0, 1]; found {beta}.");
    }

    /// <summary>Divergence of two normalised vectors of log-probs. The caller opens the scope.</summary>
    public static Tensor OfLogProbs(Tensor student, Tensor teacher, double beta)
    {
        if (beta == 0) return Kl(teacher, student);
        if (beta == 1) return Kl(student, teacher);
        // Tokens that neither can write get a finite stand-in: log(0 + 0) has no derivative, and their weight is 0 anyway.
        var impossible = student.isneginf().logical_and(teacher.isneginf());
        using var b = beta.ToScalar();
        using var oneMinusB = (1 - beta).ToScalar();
        using var logB = Math.Log(beta).ToScalar();
        using var logOneMinusB = Math.Log(1 - beta).ToScalar();
        var mixture = student.masked_fill(impossible, Scalars.Zero).add(logOneMinusB, Scalars.One)
            .logaddexp(teacher.masked_fill(impossible, Scalars.Zero).add(logB, Scalars.One));
        return Kl(teacher, mixture).mul(b).add(Kl(student, mixture).mul(oneMinusB), Scalars.One);
    }

    private static Tensor Kl(Tensor p, Tensor q)
    {
        // 0 · log 0 = 0: the difference is filled before it is multiplied, so that no NaN enters value or gradient.
        var difference = p.sub(q).masked_fill(p.isneginf(), Scalars.Zero);
        return p.exp().mul(difference).sum(-1);
    }
}
