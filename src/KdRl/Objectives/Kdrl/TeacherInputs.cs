using KdRl.Distillation;
using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>The teacher of a step: checked, floored, masked and, where asked for, extrapolated.</summary>
internal sealed class TeacherInputs
{
    private readonly TrainingBatch batch;
    private readonly Tensor ignored;

    private TeacherInputs(TrainingBatch batch, Tensor tokens, Tensor? logProbs, Tensor? target)
    {
        (this.batch, ignored) = (batch, tokens.logical_not());
        (Mask, LogProbs, Target) = (tokens, logProbs, target);
    }

    public Tensor Mask { get; }

    /// <summary>Null when the teacher is compared over more than the sampled token and gave no log-probs of those.</summary>
    public Tensor? LogProbs { get; }

    /// <summary>Null with <see cref="LogProbs"/>.</summary>
    public Tensor? Target { get; }

    /// <summary>The teacher of a batch; null when there is none to use: no distillation, or a coefficient of 0 and no log-probs.</summary>
    public static TeacherInputs? Of(KdrlOptions options, TrainingBatch batch, Tensor mask, Tensor ignored, double beta, Dictionary<string, double> metrics)
    {
        if (options.Distillation is not { Term: var term }) return null;
        if (batch.TeacherLogProbs is null)
        {
            if (beta == 0) return null;
            if (term.Support == TeacherSupport.SampledToken) throw TensorGuard.Missing(nameof(batch.TeacherLogProbs), $"float [B,T]: the coefficient of the teacher is {beta}");
        }
        var tokens = mask;
        if (term.MaskEndOfSequence)
        {
            var ends = batch.EndOfSequence ?? throw TensorGuard.Missing(nameof(batch.EndOfSequence), "bool [B,T] because MaskEndOfSequence is set");
            tokens = mask.logical_and(TensorGuard.Mask(ends, nameof(batch.EndOfSequence)).logical_not());
            ignored = tokens.logical_not();
        }
        if (batch.TeacherLogProbs is null) return new TeacherInputs(batch, tokens, null, null);
        var logProbs = Clean(batch.TeacherLogProbs, mask, ignored, nameof(batch.TeacherLogProbs));
        if (term.LogProbFloor is { } lowest)
        {
            (logProbs, var floored) = TeacherTerm.Floored(logProbs, lowest);
            metrics["distillation/floored_tokens"] = floored;
        }
        TensorChecks.Finite(logProbs, nameof(batch.TeacherLogProbs));
        var target = logProbs;
        if (term.Extrapolation != 1)
        {
            var start = batch.BaseLogProbs ?? throw TensorGuard.Missing(nameof(batch.BaseLogProbs), $"float [B,T] because Extrapolation is {term.Extrapolation}");
            target = TeacherReward.Extrapolate(logProbs, TensorChecks.Finite(Clean(start, mask, ignored, nameof(batch.BaseLogProbs)), nameof(batch.BaseLogProbs)).to(logProbs.dtype), term.Extrapolation);
        }
        return new TeacherInputs(batch, tokens, logProbs, target);
    }

    /// <summary>Log-probs of the student before the update, <c>[B,T]</c>: of the old policy, the current one or the sampler.</summary>
    public Tensor StudentLogProbs()
    {
        var (found, name) = (batch.OldLogProbs, nameof(batch.OldLogProbs));
        if (found is null) (found, name) = (batch.LogProbs, nameof(batch.LogProbs));
        if (found is null) (found, name) = (batch.SamplerLogProbs, nameof(batch.SamplerLogProbs));
        if (found is null)
            throw TensorGuard.Missing("OldLogProbs, LogProbs or SamplerLogProbs", "one of them, float [B,T]: the gate or the reward shaping compares whole responses");
        return Clean(found, Mask, ignored, name);
    }

    /// <summary>β g Σ_t d, what reward shaping adds to each reward, <c>[B]</c>.</summary>
    public Tensor Shaping(Tensor weights, double beta)
    {
        using var coefficient = beta.ToScalar();
        return Target!.sub(StudentLogProbs()).sum(1).mul(weights).mul(coefficient);
    }

    private static Tensor Clean(Tensor logProbs, Tensor mask, Tensor ignored, string name) =>
        TensorGuard.Like(logProbs, mask, name).detach().masked_fill(ignored, Scalars.Zero);
}
