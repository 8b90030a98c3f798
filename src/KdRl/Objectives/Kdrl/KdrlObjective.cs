using KdRl.Distillation;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>
/// Policy gradient and distillation in one loss: L = L_policy + β · L_teacher + c · KL_reference − e · H
/// (KDRL, arXiv 2506.02208, Eq. 8). The same type does reinforcement learning without a teacher and distillation without rewards.
/// </summary>
/// <remarks>
/// Two phases: <see cref="Prepare"/> fixes what concerns the whole optimiser step before the first backward,
/// <see cref="PreparedStep.Evaluate"/> gives the loss of a micro-batch. <see cref="Evaluate"/> does both for a batch that fits at once.
/// </remarks>
public sealed class KdrlObjective
{
    private readonly KdrlOptions options;
    private readonly ICoefficientSchedule? coefficient;
    private readonly IDistillationGate? gate;

    /// <summary>Makes the objective.</summary>
    /// <param name="options">The options; null: KDRL's. Do not change them afterwards.</param>
    /// <exception cref="OptionsValidationException">An option is out of range, without effect, or part of a combination that cannot work.</exception>
    public KdrlObjective(KdrlOptions? options = null)
    {
        this.options = options ?? new KdrlOptions();
        var result = new KdrlOptionsValidator().Validate(null, this.options);
        if (result.Failed) throw new OptionsValidationException(nameof(KdrlOptions), typeof(KdrlOptions), result.Failures);
        if (this.options.Distillation is not { } distillation) return;
        coefficient = distillation.Term.Coefficient.Create();
        gate = distillation.CustomGate ?? DistillationGate.Create(distillation.Term.Gate, distillation.Term.AgreementMargin);
    }

    /// <summary>Fixes advantages, gates, coefficient, denominators and importance weights of a step.</summary>
    /// <param name="wholeStep">All rows of the optimiser step; log-probs of the policy are not needed where old or sampler log-probs are given.</param>
    /// <param name="step">Optimiser steps completed before this one.</param>
    /// <exception cref="ArgumentException">A tensor is missing, does not fit, or a counted teacher or reference log-prob is not finite.</exception>
    public PreparedStep Prepare(TrainingBatch wholeStep, long step)
    {
        ArgumentNullException.ThrowIfNull(wholeStep);
        var beta = coefficient?.At(step) ?? 0;
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        return new StepPreparation(options, wholeStep, gate, beta).Prepare();
    }

    /// <summary>The objective of a batch that is the whole step and brings its log-probs.</summary>
    /// <param name="batch">The step, with <see cref="TrainingBatch.LogProbs"/>.</param>
    /// <param name="step">Optimiser steps completed before this one.</param>
    /// <exception cref="ArgumentException">As in <see cref="Prepare"/>, or the log-probs are missing.</exception>
    public ObjectiveResult Evaluate(TrainingBatch batch, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.LogProbs is null) throw new ArgumentException("LogProbs is missing, expected float [B,T]; to evaluate in micro-batches use Prepare.", nameof(batch));
        using var prepared = Prepare(batch, step);
        return prepared.EvaluateAll(batch.LogProbs, batch.Entropy, batch.TeacherDivergence is { } divergence ? new TeacherDivergence(divergence, batch.TeacherLogProbs) : null);
    }
}
