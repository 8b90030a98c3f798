using KdRl.Distillation;
using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Turns the batch of a whole step into <see cref="StepTerms"/>. Runs in the scope of the caller, without gradient.</summary>
internal sealed class StepPreparation
{
    private readonly KdrlOptions options;
    private readonly TrainingBatch batch;
    private readonly IDistillationGate? gate;
    private readonly double beta;
    private readonly Dictionary<string, double> metrics = [];
    private readonly Tensor mask;
    private readonly Tensor ignored;
    private readonly Tensor groups;

    public StepPreparation(KdrlOptions options, TrainingBatch batch, IDistillationGate? gate, double beta)
    {
        (this.options, this.batch, this.gate, this.beta) = (options, batch, gate, beta);
        mask = TensorGuard.Mask(batch.Mask, nameof(batch.Mask)).detach();
        if (mask.shape[0] == 0 || mask.shape[1] == 0) throw TensorGuard.Shape(nameof(batch.Mask), mask, "[B,T] with B, T > 0");
        if (options.OverlongFilter && batch.Truncated is { } truncated)
            mask = mask.logical_and(TensorGuard.Rows(truncated, mask.shape[0], nameof(batch.Truncated)).to(ScalarType.Bool).logical_not().unsqueeze(1));
        ignored = mask.logical_not();
        groups = TensorGuard.Rows(batch.Group, mask.shape[0], nameof(batch.Group));
        if (groups.dtype != ScalarType.Int64) throw new ArgumentException($"Group has type {groups.dtype}, expected int64.", nameof(batch));
        if (beta > 1 && options.Distillation is { Combination: Combination.Replace or Combination.Multiply or Combination.Ratio } d)
            throw new ArgumentException($"The coefficient is {beta}, expected at most 1: {d.Combination} shares one whole between reward and teacher.", nameof(batch));
    }

    public PreparedStep Prepare()
    {
        var teacher = TeacherInputs.Of(options, batch, mask, ignored, beta, metrics);
        var shapesReward = options.Distillation?.Combination == Combination.RewardShaping;
        var weights = teacher is not null && shapesReward ? GateWeights(teacher, null) : null;
        var advantages = options.UseRewards
            ? StepAdvantages.Of(options, batch, mask, ignored, groups, shapesReward && teacher is not null ? teacher.Shaping(weights!, beta) : null, metrics)
            : null;
        if (teacher is not null) weights ??= GateWeights(teacher, advantages);
        var terms = Terms(teacher, weights, advantages);
        foreach (var tensor in terms.Tensors()) tensor.MoveToOuterDisposeScope();
        metrics["distillation/beta"] = beta;
        return new PreparedStep(options, terms, Widths(), beta, metrics);
    }

    private StepTerms Terms(TeacherInputs? teacher, Tensor? weights, StepAdvantages? advantages)
    {
        var denominators = new StepDenominators(options, groups);
        var all = denominators.RowWeights(mask, mask);
        var policyMask = advantages?.PolicyMask ?? mask;
        var policyWeights = ReferenceEquals(policyMask, mask) ? all : denominators.RowWeights(policyMask, policyMask);
        var referenceMask = options.ZeroAdvantageMask ? policyMask : mask;
        var values = advantages?.Values;
        var (evaluatedMask, evaluatedWeights) = (policyMask, policyWeights);
        Tensor? advantageGate = null, teacherWeights = null;
        if (options.Distillation is { Term: var term } distillation)
        {
            var inAdvantage = term.Path == GradientPath.Advantage;
            var shared = inAdvantage && distillation.Combination is Combination.Add or Combination.Replace;
            if (shared)
            {
                // One policy loss carries both: its rows have the weights of all tokens, and each part the ratio of its own to those.
                (evaluatedMask, evaluatedWeights) = (mask, all);
                values = values?.mul(policyWeights.div(all).unsqueeze(1)) ?? all.new_zeros(mask.shape);
            }
            if (teacher is not null && weights is not null)
            {
                weights = weights.to(ScalarType.Float64);
                var own = term.GateDenominator == GateDenominator.KeptTokens
                    ? denominators.RowWeights(teacher.Mask.logical_and(weights.gt(Scalars.Zero).unsqueeze(1)), mask)
                    : all;
                if (!inAdvantage) teacherWeights = own.mul(weights);
                else if (distillation.Combination == Combination.Add) advantageGate = weights.mul(own).div(all);
                else if (distillation.Combination != Combination.RewardShaping) advantageGate = weights;
            }
        }
        return new StepTerms
        {
            Mask = mask,
            PolicyMask = evaluatedMask,
            ReferenceMask = referenceMask,
            TeacherMask = teacher?.Mask,
            Advantages = values,
            OldLogProbs = Clean(batch.OldLogProbs, nameof(batch.OldLogProbs)),
            ImportanceWeights = ImportanceWeights(out var sampler),
            SamplerLogProbs = sampler,
            TeacherLogProbs = teacher?.LogProbs,
            TargetLogProbs = teacher?.Target,
            ReferenceLogProbs = Reference(),
            Gate = weights,
            AdvantageGate = advantageGate,
            RowTokens = mask.sum(1).to(ScalarType.Float64),
            RowWeights = all,
            PolicyRowWeights = evaluatedWeights,
            ReferenceRowWeights = ReferenceEquals(referenceMask, mask) ? all : policyWeights,
            TeacherRowWeights = teacherWeights,
            Tokens = Count(mask),
            TeacherTokens = teacher is null ? 0 : Count(teacher.Mask),
            Sequences = Count(mask.any(1)),
        };
    }

    private Tensor GateWeights(TeacherInputs teacher, StepAdvantages? advantages)
    {
        var named = options.Distillation!.CustomGate is null ? options.Distillation.Term.Gate : (DistillationGateKind?)null;
        if (batch.Correct is null && named is not null and not DistillationGateKind.None)
            throw TensorGuard.Missing(nameof(batch.Correct), $"float [B]: the gate {named} reads the verifier's verdict");
        var correct = batch.Correct is null
            ? full([mask.shape[0]], Unknown, ScalarType.Float32, mask.device)
            : TensorGuard.Rows(batch.Correct, mask.shape[0], nameof(batch.Correct));
        if (named == DistillationGateKind.None) return ones_like(correct);
        metrics["distillation/unknown_verdicts"] = Count(correct.isnan());
        return gate!.Weights(new GroupView
        {
            Groups = groups,
            Correct = correct,
            Advantages = advantages?.Rows(mask),
            StudentLogProbs = teacher.StudentLogProbs().sum(1),
            TeacherLogProbs = teacher.LogProbs?.sum(1),
        });
    }

    private static readonly Scalar Unknown = double.NaN.ToScalar();

    private Tensor? Reference()
    {
        if (options.ReferenceKl is null) return null;
        if (batch.ReferenceLogProbs is null) throw TensorGuard.Missing(nameof(batch.ReferenceLogProbs), "float [B,T] because ReferenceKl is set");
        return TensorChecks.Finite(Clean(batch.ReferenceLogProbs, nameof(batch.ReferenceLogProbs))!, nameof(batch.ReferenceLogProbs));
    }

    /// <summary>Weights between sampler and trainer; where the trainer's log-probs come only with the micro-batches, the sampler's instead.</summary>
    private Tensor? ImportanceWeights(out Tensor? pending)
    {
        pending = null;
        var ready = Clean(batch.ImportanceWeights, nameof(batch.ImportanceWeights));
        if (!SamplerCorrection.IsOn(options)) return ready;
        if (ready is not null) throw TensorGuard.Superfluous(nameof(batch.ImportanceWeights), "Importance or Rejections computes them");
        var sampler = Clean(batch.SamplerLogProbs, nameof(batch.SamplerLogProbs))
            ?? throw TensorGuard.Missing(nameof(batch.SamplerLogProbs), "float [B,T] because Importance or Rejections is set");
        var trainer = Clean(batch.OldLogProbs ?? batch.LogProbs, nameof(batch.OldLogProbs));
        if (trainer is not null) return SamplerCorrection.OfStep(options, trainer, sampler.to(trainer.dtype), mask, metrics);
        if (options.Importance?.BatchNormalise == true)
            throw TensorGuard.Missing(nameof(batch.OldLogProbs), "float [B,T]: the mean weight of the step must be known before its first micro-batch");
        pending = sampler;
        return null;
    }

    private Tensor? Clean(Tensor? logProbs, string name) =>
        logProbs is null ? null : TensorGuard.Like(logProbs, mask, name).detach().masked_fill(ignored, Scalars.Zero);

    private long[] Widths()
    {
        var flags = mask.to(ScalarType.Int64);
        return ones_like(flags).cumsum(1).mul(flags).amax([1]).ToNumbers<long>();
    }

    private static double Count(Tensor flags) => flags.sum().item<long>();
}
