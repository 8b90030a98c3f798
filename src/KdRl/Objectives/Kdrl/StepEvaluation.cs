using KdRl.Distillation;
using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>The objective of some rows of a prepared step. Runs in the scope of the caller.</summary>
internal sealed class StepEvaluation(KdrlOptions options, StepTerms terms, double beta, TeacherDivergence? compared)
{
    private readonly Dictionary<string, Tensor> metrics = [];
    private readonly Dictionary<Tensor, Tensor> ignoredOf = new(ReferenceEqualityComparer.Instance);

    /// <summary>The teacher's log-probs of the sampled tokens, known before the step or handed over with the divergence.</summary>
    private readonly Tensor? teacherLogProbs = terms.TeacherMask is null ? null : terms.TeacherLogProbs ?? OfTeacher(compared?.LogProbs, terms);

    public ObjectiveResult Evaluate(Tensor logProbs, Tensor? entropy)
    {
        var ignored = Ignored(terms.Mask);
        var lp = logProbs.masked_fill(ignored, Scalars.Zero);
        var fixedLp = lp.detach();
        var zero = lp.sum().mul(Scalars.Zero);
        var difference = (terms.TargetLogProbs ?? teacherLogProbs) is { } target ? Of(terms.TeacherMask!, target.sub(fixedLp)) : null;

        var policy = PolicyTerm(lp, fixedLp, difference) ?? zero;
        var teacher = TeacherLoss(lp) ?? zero;
        var reference = ReferenceTerm(lp, fixedLp) ?? zero;
        var bonus = entropy is null ? zero : Weigh(TensorGuard.Like(entropy, terms.Mask).masked_fill(ignored, Scalars.Zero), terms.RowWeights);

        var loss = policy;
        loss = Add(loss, teacher, zero, beta);
        loss = Add(loss, reference, zero, options.ReferenceKl?.Coefficient ?? 0);
        loss = Add(loss, bonus, zero, -options.EntropyCoefficient);
        TeacherMetrics(fixedLp, difference);
        GradientMetrics(fixedLp, difference);
        metrics["loss"] = loss.detach();
        metrics["policy_loss"] = policy.detach();
        metrics["distillation/loss"] = teacher.detach();
        metrics["kl"] = reference.detach();
        metrics["entropy"] = bonus.detach();
        return new ObjectiveResult
        {
            Loss = loss,
            RlLoss = metrics["policy_loss"],
            KdLoss = metrics["distillation/loss"],
            ReferenceKl = metrics["kl"],
            Entropy = metrics["entropy"],
            Beta = beta,
            Metrics = metrics,
        };
    }

    private Tensor? PolicyTerm(Tensor lp, Tensor fixedLp, Tensor? difference)
    {
        if (terms.Advantages is null) return null;
        var advantages = terms.Advantages;
        var old = terms.OldLogProbs ?? fixedLp;
        if (difference is not null && terms.AdvantageGate is not null)
        {
            using var coefficient = beta.ToScalar();
            var weight = terms.AdvantageGate.mul(coefficient).unsqueeze(1);
            var (shaped, cut) = TeacherTerm.Advantage(difference, terms.TeacherMask!, options.Distillation!.Term);
            if (cut is not null) metrics["distillation/clipped_share"] = PerToken(cut.to(difference.dtype), terms.TeacherTokens);
            if (options.Distillation.Combination == Combination.Ratio)
                old = old.add(Of(terms.TeacherMask!, terms.TargetLogProbs!.sub(old)).mul(weight), Scalars.One);
            else
                advantages = AdvantageMixer.Mix(advantages, shaped, weight, options.Distillation);
        }
        var logRatio = Of(terms.PolicyMask, lp.sub(old));
        var result = PolicyLoss.OfClean(lp, logRatio, Of(terms.PolicyMask, advantages), Ignored(terms.PolicyMask), options.Policy);
        ClipMetrics(result, logRatio.detach());
        var weights = terms.ImportanceWeights ?? (terms.SamplerLogProbs is { } sampler ? SamplerCorrection.OfRows(options, fixedLp, sampler, terms.Mask) : null);
        return Weigh(weights is null ? result.PerToken : result.PerToken.mul(weights), terms.PolicyRowWeights);
    }

    private Tensor? TeacherLoss(Tensor lp)
    {
        if (terms.TeacherRowWeights is null) return null;
        var student = Of(terms.TeacherMask!, lp);
        var term = options.Distillation!.Term;
        if (term.Support != TeacherSupport.SampledToken)
        {
            var divergence = OfTeacher(compared!.Value.PerToken, terms)!;
            metrics["distillation/divergence"] = PerToken(divergence.detach(), terms.TeacherTokens);
            return Weigh(divergence, terms.TeacherRowWeights);
        }
        var value = ReverseKl.Estimate(student, Of(terms.TeacherMask!, terms.TargetLogProbs!), term.Estimator);
        return Weigh(TeacherTerm.Loss(value, student, term.Path), terms.TeacherRowWeights);
    }

    private Tensor? ReferenceTerm(Tensor lp, Tensor fixedLp)
    {
        if (terms.ReferenceLogProbs is null) return null;
        Tensor Counted(Tensor values) => Of(terms.ReferenceMask, values);
        var penalty = KlPenalty.Evaluate(Counted(lp), Counted(terms.ReferenceLogProbs), options.ReferenceKl!.Penalty, Counted(terms.OldLogProbs ?? fixedLp));
        if (penalty.Clamped is { } clamped) metrics["kl_clamped_share"] = PerToken(clamped.to(lp.dtype), terms.Tokens);
        return Weigh(penalty.PerToken, terms.ReferenceRowWeights);
    }

    private void ClipMetrics(PolicyLossResult result, Tensor logRatio)
    {
        var low = Share(result.ClippedLow, logRatio);
        var high = Share(result.ClippedHigh, logRatio);
        metrics["clip_ratio/low_mean"] = low;
        metrics["clip_ratio/high_mean"] = high;
        metrics["clip_ratio/region_mean"] = low.add(high, Scalars.One);
        metrics["clip_ratio/dual_mean"] = Share(result.DualClipped, logRatio);
        metrics["policy_kl"] = PerToken(logRatio.expm1().sub(logRatio), terms.Tokens);
    }

    /// <summary>
    /// How hard reward and teacher pull: the L1 norms of their gradients with respect to the log-probs at ratio 1. A teacher that scales
    /// advantages or ratios has no pull of its own.
    /// </summary>
    private void GradientMetrics(Tensor fixedLp, Tensor? difference)
    {
        metrics["policy_gradient_l1"] = terms.Advantages is { } advantages
            ? Weigh(Of(terms.PolicyMask, advantages).abs(), terms.PolicyRowWeights)
            : fixedLp.new_zeros([]);
        var weights = terms.TeacherRowWeights;
        if (options.Distillation?.Combination is Combination.Add or Combination.Replace) weights ??= terms.AdvantageGate?.mul(terms.PolicyRowWeights);
        using var coefficient = beta.ToScalar();
        metrics["distillation/gradient_l1"] = weights is null || difference is null
            ? fixedLp.new_zeros([])
            : Weigh(difference.abs(), weights).mul(coefficient);
    }

    private Tensor Share(Tensor? where, Tensor like) =>
        where is null ? like.new_zeros([]) : PerToken(where.logical_and(terms.PolicyMask).to(like.dtype), terms.Tokens);

    private void TeacherMetrics(Tensor fixedLp, Tensor? difference)
    {
        if (teacherLogProbs is null)
        {
            foreach (var name in new[] { "distillation/mean_d", "distillation/k3", "distillation/far_share", "distillation/gated_fraction" })
                metrics[name] = fixedLp.new_zeros([]);
            return;
        }
        // Without extrapolation the target is the teacher.
        var d = ReferenceEquals(terms.TargetLogProbs, teacherLogProbs) ? difference! : Of(terms.TeacherMask!, teacherLogProbs.sub(fixedLp));
        metrics["distillation/mean_d"] = PerToken(d, terms.TeacherTokens);
        metrics["distillation/k3"] = PerToken(d.expm1().sub(d), terms.TeacherTokens);
        metrics["distillation/far_share"] = PerToken(d.lt(Far).to(d.dtype), terms.TeacherTokens);
        // Each token carries its share of its response, so that single tokens add up to responses too.
        var share = terms.Mask.to(d.dtype).mul(terms.Gate!.gt(Scalars.Zero).to(d.dtype).div(terms.RowTokens.clamp_min(Scalars.One)).unsqueeze(1));
        metrics["distillation/gated_fraction"] = PerToken(share, terms.Sequences);
    }

    /// <summary>Where a mask is false; computed once for masks that are the same tensor.</summary>
    private Tensor Ignored(Tensor mask)
    {
        if (!ignoredOf.TryGetValue(mask, out var ignored)) ignoredOf[mask] = ignored = mask.logical_not();
        return ignored;
    }

    /// <summary>Values that are 0 outside the step's mask, with 0 outside a term's too.</summary>
    private Tensor Of(Tensor mask, Tensor values) => ReferenceEquals(mask, terms.Mask) ? values : values.masked_fill(Ignored(mask), Scalars.Zero);

    /// <summary>A teacher's values with 0 where they do not count.</summary>
    private static Tensor? OfTeacher(Tensor? values, StepTerms terms) =>
        values is null ? null : TensorGuard.Like(values, terms.Mask, nameof(TrainingBatch.TeacherDivergence)).masked_fill(terms.TeacherMask!.logical_not(), Scalars.Zero);

    /// <summary>A token that the teacher finds e⁻⁵ times as likely as the student: the two have parted there.</summary>
    private static readonly Scalar Far = (-5.0).ToScalar();

    private static Tensor PerToken(Tensor values, double count)
    {
        using var divisor = Math.Max(count, 1).ToScalar();
        return values.sum().div(divisor);
    }

    private static Tensor Weigh(Tensor perToken, Tensor rowWeights) => perToken.sum(1).mul(rowWeights).sum();

    private static Tensor Add(Tensor loss, Tensor term, Tensor zero, double coefficient)
    {
        if (ReferenceEquals(term, zero) || coefficient == 0) return loss;
        using var factor = coefficient.ToScalar();
        return loss.add(term, factor);
    }
}
