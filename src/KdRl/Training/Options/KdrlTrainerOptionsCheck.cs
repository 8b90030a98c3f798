using KdRl.Distillation;
using KdRl.Objectives;
using Microsoft.Extensions.Options;

namespace KdRl.Training;

/// <summary>Refuses options that are out of range, without effect, or do not fit the parts, with the reason.</summary>
internal static class KdrlTrainerOptionsCheck
{
    /// <exception cref="OptionsValidationException">Something does not fit.</exception>
    public static void ThrowIfInvalid(KdrlTrainerOptions options, KdrlTrainerParts parts)
    {
        var ranges = new KdrlTrainerOptionsRanges().Validate(null, options);
        var failures = ranges.Failed ? [.. ranges.Failures] : Sampling(options).Concat(LearningRate(options.LearningRate)).Concat(Evaluation(options, parts)).Concat(Models(options.Objective, parts)).Concat(Output(options)).ToList();
        if (failures.Count > 0) throw new OptionsValidationException(nameof(KdrlTrainerOptions), typeof(KdrlTrainerOptions), failures);
    }

    private static IEnumerable<string> Sampling(KdrlTrainerOptions options)
    {
        if (options.Sampling.Temperature == 0) yield return "Sampling.Temperature is 0; training needs samples: expected more than 0.";
        if (options.Sampling.Seed != 0) yield return $"Sampling.Seed is {options.Sampling.Seed}, but every step has a seed of its own, derived from Seed: expected 0.";
        if (options.MiniBatches > options.PromptsPerStep)
            yield return $"MiniBatches is {options.MiniBatches} with {options.PromptsPerStep} prompts a step; a minibatch has whole groups: expected at most {options.PromptsPerStep}.";
    }

    public static IEnumerable<string> LearningRate(LearningRateOptions options)
    {
        if (!Enum.IsDefined(options.Decay)) yield return $"LearningRate.Decay is {options.Decay}; expected one of {string.Join(", ", Enum.GetNames<LearningRateDecay>())}.";
        if (options.FinalShare is not null && options.Decay == LearningRateDecay.Constant)
            yield return $"LearningRate.FinalShare is {options.FinalShare}, but a constant learning rate does not use it; leave it out or choose a decay.";
        if (options.Schedule is not null && (options.Decay != LearningRateDecay.Constant || options.FinalShare is not null))
            yield return "LearningRate.Decay has no effect beside LearningRate.Schedule; leave one of them out.";
    }

    private static IEnumerable<string> Evaluation(KdrlTrainerOptions options, KdrlTrainerParts parts)
    {
        var (evaluation, stop) = (options.Evaluation, options.EarlyStop);
        if (evaluation.SamplesPerPrompt > 1 && evaluation.Temperature == 0)
            yield return $"Evaluation.SamplesPerPrompt is {evaluation.SamplesPerPrompt} with Temperature 0: greedy answers are all the same; expected 1, or a temperature.";
        if (evaluation.K > evaluation.SamplesPerPrompt)
            yield return $"Evaluation.K is {evaluation.K} with {evaluation.SamplesPerPrompt} samples a prompt; expected at most that.";
        if ((stop.Patience > 0 || stop.TargetAccuracy is not null) && (evaluation.Every == 0 || parts.HeldOut is null))
            yield return "EarlyStop is set, but nothing is evaluated: give held-out prompts and Evaluation.Every, or leave it out.";
        if (stop.MinImprovement > 0 && stop.Patience == 0) yield return $"EarlyStop.MinImprovement is {stop.MinImprovement}, but Patience is 0; set Patience or leave it out.";
        if (options.DynamicSampling.MaxRefillRounds > 0 && parts.Reward is null)
            yield return "DynamicSampling.MaxRefillRounds is set, but there is no reward whose scores could be equal; leave it out.";
        if (options.DynamicSampling.MaxRefillRounds > 0 && options.Sampling.GroupSize == 1)
            yield return "DynamicSampling.MaxRefillRounds is set with groups of one, whose scores are always equal; leave it out or raise Sampling.GroupSize.";
    }

    private static IEnumerable<string> Models(KdrlOptions objective, KdrlTrainerParts parts)
    {
        if (objective.UseRewards && parts.Reward is null)
            yield return "Objective.UseRewards is true, but there is no reward: give one, or set it to false for pure distillation.";
        if (objective.Distillation is not null && parts.Teacher is null)
            yield return "Objective.Distillation is set, as it is by default, but there is no teacher: give one, or set it to null for pure reinforcement learning.";
        if (objective.Distillation is null && !objective.UseRewards)
            yield return "Objective.UseRewards is false and Objective.Distillation is null: there is nothing to learn from.";
        if (objective.ReferenceKl is not null && parts.Reference is null)
            yield return "Objective.ReferenceKl is set, but there is no reference model: give one, or set it to null.";
        if (ModelNeeds.NeedsBase(objective) && parts.Base is null)
            yield return $"Objective.Distillation.Term.Extrapolation is {objective.Distillation!.Term.Extrapolation}, but there is no base model to extrapolate from: give one, or set it to 1.";
        if (objective.Distillation is { Term.Support: TeacherSupport.TopKWithTail })
            yield return "Objective.Distillation.Term.Support is TopKWithTail, which a trainer's teacher does not give: expected SampledToken or FullVocabulary.";
        if (ModelNeeds.ComparesDistributions(objective) && parts.Teacher is not null)
            foreach (var failure in Distributions(objective, parts)) yield return failure;
    }

    private static IEnumerable<string> Distributions(KdrlOptions objective, KdrlTrainerParts parts)
    {
        const string support = "Objective.Distillation.Term.Support is FullVocabulary";
        if (objective.Distillation!.Term.Gate == DistillationGateKind.TrajectoryAgreement)
            yield return $"{support} with Gate TrajectoryAgreement: the gate compares whole responses before the update, the teacher is asked during it; choose another gate, or SampledToken.";
        if (parts.Teacher is not IDistributionTeacher teacher)
        {
            yield return $"{support}, but the teacher is a {parts.Teacher!.GetType().Name}, which gives log-probs of sampled tokens only: expected an {nameof(IDistributionTeacher)} such as {nameof(ModelTeacher)}, or SampledToken.";
            yield break;
        }
        if (!ReferenceEquals(teacher.Thread, parts.Thread))
            yield return $"{support}, but the teacher runs on another torch thread: expected the policy's, where both are compared token by token.";
        var (own, other) = (parts.Policy.OutputWeight.shape[0], teacher.Model.OutputWeight.shape[0]);
        if (own != other)
            yield return $"{support}, but the teacher's vocabulary has {other} tokens and the policy's {own}: expected the same, or SampledToken.";
    }

    private static IEnumerable<string> Output(KdrlTrainerOptions options)
    {
        if (options.Output.Folder is { } folder && string.IsNullOrWhiteSpace(folder)) yield return "Output.Folder is empty; expected a folder, or null to write nothing.";
    }
}
