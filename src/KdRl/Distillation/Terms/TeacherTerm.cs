using KdRl.Tensors;
using Microsoft.Extensions.Options;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>
/// The teacher's part of the objective, token by token: what is logged, what is differentiated, or what is added to the
/// advantages. Gate, coefficient and denominator belong to the step as a whole and are applied by the objective.
/// </summary>
/// <remarks>
/// With lp the student's and T the target log-prob of the sampled token and d = T − lp:
/// (K2, Loss) d²/2; (K3, Loss) eᵈ − 1 − d; (K1 or K3, ReweightedLoss) the estimate times exp(lp − sg lp); (K1, Advantage) +d.
/// KDRL, arXiv 2506.02208, sections 3.1 and 3.2.
/// </remarks>
public sealed class TeacherTerm
{
    private readonly TeacherTermOptions options;

    /// <summary>Makes the term.</summary>
    /// <param name="options">How the teacher enters; null: the defaults. Later changes of the object have no effect.</param>
    /// <exception cref="OptionsValidationException">An option is out of range, without effect, or part of a combination that does not teach.</exception>
    public TeacherTerm(TeacherTermOptions? options = null)
    {
        this.options = (options ?? new TeacherTermOptions()).Copy();
        this.options.ThrowIfInvalid();
        Coefficient = this.options.Coefficient.Create();
        Gate = DistillationGate.Create(this.options.Gate, this.options.AgreementMargin);
    }

    /// <summary>The coefficient by step.</summary>
    public ICoefficientSchedule Coefficient { get; }

    /// <summary>The gate.</summary>
    public IDistillationGate Gate { get; }

    /// <summary>Evaluates the term on the sampled tokens (<see cref="TeacherSupport.SampledToken"/>).</summary>
    /// <param name="logProbs">Log-probs of the sampled tokens under the student, <c>float [B,L]</c>; the gradient flows through them on the loss paths.</param>
    /// <param name="teacherLogProbs">The same under the teacher, without gradient.</param>
    /// <param name="mask">Tokens that count, <c>bool [B,L]</c>; what lies outside never matters, NaN and infinities included.</param>
    /// <param name="baseLogProbs">The same under the base model, without gradient; needed when <see cref="TeacherTermOptions.Extrapolation"/> is not 1, otherwise not read.</param>
    /// <param name="endOfSequence">True on end-of-sequence tokens, <c>bool [B,L]</c>; needed when <see cref="TeacherTermOptions.MaskEndOfSequence"/> is set, otherwise not read.</param>
    /// <exception cref="ArgumentException">
    /// Shapes or types do not fit, a needed tensor is missing, a teacher or base requires a gradient, or a counted log-prob is not
    /// finite (the message names row and position).
    /// </exception>
    /// <exception cref="InvalidOperationException">The support is not the sampled token.</exception>
    public TeacherTermResult Evaluate(Tensor logProbs, Tensor teacherLogProbs, Tensor mask, Tensor? baseLogProbs = null, Tensor? endOfSequence = null)
    {
        if (options.Support != TeacherSupport.SampledToken)
            throw new InvalidOperationException($"Support is {options.Support}; hand the divergence to {nameof(EvaluateDivergence)}.");
        CheckStudent(logProbs, nameof(logProbs), mask);
        CheckConstant(teacherLogProbs, nameof(teacherLogProbs), logProbs);
        using var scope = NewDisposeScope();
        var counted = Counted(mask, endOfSequence);
        var student = Fill(logProbs, counted, nameof(logProbs));
        var target = Target(teacherLogProbs, baseLogProbs, logProbs, counted, out var floored);
        var value = ReverseKl.Estimate(student, target, options.Estimator);
        var difference = target.sub(student.detach());
        var inAdvantage = options.Path == GradientPath.Advantage;
        var (advantage, cut) = inAdvantage ? Advantage(difference, counted, options) : (null, null);
        var loss = inAdvantage ? null : Loss(value, student, options.Path);
        return new TeacherTermResult
        {
            Value = value.detach().MoveToOuterDisposeScope(),
            Difference = difference.MoveToOuterDisposeScope(),
            LossPerToken = loss?.MoveToOuterDisposeScope(),
            TokenAdvantage = advantage?.MoveToOuterDisposeScope(),
            Mask = counted.MoveToOuterDisposeScope(),
            FlooredTokens = floored,
            ClippedTokens = cut?.sum().item<long>() ?? 0,
        };
    }

    /// <summary>Takes an exact or top-k divergence as the term (<see cref="TeacherSupport.FullVocabulary"/>, <see cref="TeacherSupport.TopKWithTail"/>).</summary>
    /// <param name="divergence">Divergence at each position, <c>float [B,L]</c>, from <see cref="ReverseKl.Exact"/> or <see cref="TopKDivergence"/>; the gradient flows through it.</param>
    /// <param name="mask">Tokens that count, <c>bool [B,L]</c>; what lies outside never matters.</param>
    /// <param name="endOfSequence">True on end-of-sequence tokens, <c>bool [B,L]</c>; needed when <see cref="TeacherTermOptions.MaskEndOfSequence"/> is set, otherwise not read.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, a needed tensor is missing, or a counted value is not finite (the message names row and position).</exception>
    /// <exception cref="InvalidOperationException">The support is the sampled token.</exception>
    public TeacherTermResult EvaluateDivergence(Tensor divergence, Tensor mask, Tensor? endOfSequence = null)
    {
        if (options.Support == TeacherSupport.SampledToken)
            throw new InvalidOperationException($"Support is {options.Support}; hand the log-probs to {nameof(Evaluate)}.");
        CheckStudent(divergence, nameof(divergence), mask);
        using var scope = NewDisposeScope();
        var counted = Counted(mask, endOfSequence);
        var loss = Fill(divergence, counted, nameof(divergence));
        return new TeacherTermResult
        {
            Value = loss.detach().MoveToOuterDisposeScope(),
            Difference = null,
            LossPerToken = loss.MoveToOuterDisposeScope(),
            TokenAdvantage = null,
            Mask = counted.MoveToOuterDisposeScope(),
            FlooredTokens = 0,
            ClippedTokens = 0,
        };
    }

    private Tensor Counted(Tensor mask, Tensor? endOfSequence)
    {
        if (!options.MaskEndOfSequence) return mask.alias();
        if (endOfSequence is null)
            throw new ArgumentException("'endOfSequence' is null; MaskEndOfSequence needs it.", nameof(endOfSequence));
        TensorChecks.Bool(endOfSequence, nameof(endOfSequence));
        TensorChecks.SameShape(endOfSequence, nameof(endOfSequence), mask, nameof(mask));
        return mask.logical_and(endOfSequence.logical_not());
    }

    private Tensor Target(Tensor teacherLogProbs, Tensor? baseLogProbs, Tensor logProbs, Tensor counted, out long floored)
    {
        floored = 0;
        var teacher = teacherLogProbs.masked_fill(counted.logical_not(), Scalars.Zero);
        if (options.LogProbFloor is { } floor) (teacher, floored) = Floored(teacher, floor);
        TensorChecks.Finite(teacher, nameof(teacherLogProbs));
        if (!options.NeedsBase) return teacher;
        if (baseLogProbs is null)
            throw new ArgumentException($"'baseLogProbs' is null; Extrapolation {options.Extrapolation} needs the log-probs of a base model.", nameof(baseLogProbs));
        CheckConstant(baseLogProbs, nameof(baseLogProbs), logProbs);
        return TeacherReward.Extrapolate(teacher, Fill(baseLogProbs, counted, nameof(baseLogProbs)), options.Extrapolation);
    }

    /// <summary>Teacher log-probs raised to the floor, and how many were. The caller opens the scope.</summary>
    internal static (Tensor LogProbs, long Count) Floored(Tensor teacherLogProbs, double floor)
    {
        using var low = floor.ToScalar();
        var below = teacherLogProbs.lt(low);
        return (teacherLogProbs.masked_fill(below, low), below.sum().item<long>());
    }

    /// <summary>An estimate as a loss: itself, or times exp(lp − sg lp). The caller opens the scope.</summary>
    internal static Tensor Loss(Tensor value, Tensor student, GradientPath path) =>
        path == GradientPath.ReweightedLoss ? value.mul(student.sub(student.detach()).exp()) : value;

    /// <summary>d as an advantage, after clip, floor and discount, and where clip and floor changed it (null: neither is set). The caller opens the scope.</summary>
    internal static (Tensor Advantage, Tensor? Cut) Advantage(Tensor difference, Tensor counted, TeacherTermOptions options)
    {
        var shaped = difference;
        if (options.DifferenceClip is { } bound) shaped = TeacherReward.Clip(shaped, bound);
        if (options.DifferenceFloor is { } floor) shaped = TeacherReward.Floor(shaped, floor);
        var cut = ReferenceEquals(shaped, difference) ? null : shaped.ne(difference);
        return (TeacherReward.DiscountedFutureSum(shaped, counted, options.Discount), cut);
    }

    private static void CheckStudent(Tensor values, string name, Tensor mask)
    {
        TensorChecks.Floating(values, name);
        TensorChecks.Dimensions(values, name, 2, "[B,L]");
        TensorChecks.Bool(mask, nameof(mask));
        TensorChecks.SameShape(mask, nameof(mask), values, name);
    }

    private static void CheckConstant(Tensor tensor, string name, Tensor logProbs)
    {
        TensorChecks.Floating(tensor, name);
        TensorChecks.SameShape(tensor, name, logProbs, nameof(logProbs));
        TensorChecks.SameType(tensor, name, logProbs, nameof(logProbs));
        TensorChecks.Constant(tensor, name);
    }

    private static Tensor Fill(Tensor values, Tensor counted, string name)
    {
        var filled = values.masked_fill(counted.logical_not(), Scalars.Zero);
        TensorChecks.Finite(filled, name);
        return filled;
    }
}
