using KdRl.Distillation;
using KdRl.Objectives;

namespace KdRl.Training;

/// <summary>Which models a step has to ask: none whose answer would be multiplied by zero.</summary>
internal sealed class ModelNeeds(KdrlTrainerParts parts, KdrlOptions objective)
{
    private readonly ICoefficientSchedule? coefficient = objective.Distillation?.Term.Coefficient.Create();

    /// <summary>The coefficient of the teacher at a step; null without one.</summary>
    public double? Beta(long step) => coefficient?.At(step);

    /// <summary>The models that a step asks.</summary>
    public Annotators At(long step)
    {
        var teaches = Beta(step) > 0;
        return new Annotators(teaches && !ComparesDistributions(objective) ? parts.Teacher : null, objective.ReferenceKl is null ? null : parts.Reference, teaches && NeedsBase(objective) ? parts.Base : null);
    }

    /// <summary>The teacher whose distribution a step compares the policy's with, token by token; null where it compares log-probs of sampled tokens, or nothing.</summary>
    public IDistributionTeacher? DistributionAt(long step) =>
        ComparesDistributions(objective) && Beta(step) > 0 ? (IDistributionTeacher)parts.Teacher! : null;

    /// <summary>Whether the teacher term compares whole distributions.</summary>
    public static bool ComparesDistributions(KdrlOptions objective) => objective.Distillation is { Term.Support: TeacherSupport.FullVocabulary };

    /// <summary>Whether the objective extrapolates from a base model.</summary>
    public static bool NeedsBase(KdrlOptions objective) => objective.Distillation is { Term.Extrapolation: not 1 };
}
