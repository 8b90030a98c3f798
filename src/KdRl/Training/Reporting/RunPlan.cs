using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>The arithmetic of a run, to be read before it starts.</summary>
public sealed record RunPlan
{
    /// <summary>Steps of the run.</summary>
    public required long Steps { get; init; }

    /// <summary>Prompts a step.</summary>
    public required int PromptsPerStep { get; init; }

    /// <summary>Completions a prompt, G.</summary>
    public required int GroupSize { get; init; }

    /// <summary>Optimiser updates a step.</summary>
    public required int UpdatesPerStep { get; init; }

    /// <summary>Minibatches into which the rollouts of a step are split, one update each.</summary>
    public required int MiniBatches { get; init; }

    /// <summary>Most completion tokens.</summary>
    public required int MaxNewTokens { get; init; }

    /// <summary>Token budget of a micro-batch.</summary>
    public required int MicroBatchTokens { get; init; }

    /// <summary>Prompts to train on.</summary>
    public required int Prompts { get; init; }

    /// <summary>Held-out prompts.</summary>
    public required int HeldOut { get; init; }

    /// <summary>Parameters that are trained.</summary>
    public required long Parameters { get; init; }

    /// <summary>What the teacher, the reward and the other models are used for in this run.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Predicted memory of a step, in sentences.</summary>
    public required IReadOnlyList<string> Memory { get; init; }

    /// <summary>Rollouts a step: prompts × G.</summary>
    public int RolloutsPerStep => PromptsPerStep * GroupSize;

    /// <summary>The plan in sentences.</summary>
    public IReadOnlyList<string> Lines =>
    [
        $"{Steps} steps; {Parameters:N0} parameters",
        $"{PromptsPerStep} prompts x {GroupSize} = {RolloutsPerStep} rollouts a step, up to {(long)RolloutsPerStep * MaxNewTokens:N0} completion tokens",
        $"{UpdatesPerStep} update{(UpdatesPerStep == 1 ? "" : "s")} a step: {RolloutsPerStep / (double)MiniBatches:0.#} rollouts each, " +
        $"in micro-batches of up to {MicroBatchTokens:N0} tokens",
        $"{Prompts:N0} prompts: {Steps * PromptsPerStep / (double)Prompts:0.##} epochs; {HeldOut:N0} held out",
        .. Memory,
        .. Notes,
    ];

    /// <summary>The plan of a run.</summary>
    internal static RunPlan Of(KdrlTrainerParts parts, KdrlTrainerOptions options, nn.Module policy, StepMemory memory) => new()
    {
        Steps = options.Steps,
        PromptsPerStep = options.PromptsPerStep,
        GroupSize = options.Sampling.GroupSize,
        UpdatesPerStep = options.UpdateEpochs * options.MiniBatches,
        MiniBatches = options.MiniBatches,
        MaxNewTokens = options.Sampling.MaxNewTokens,
        MicroBatchTokens = memory.MicroBatchTokens,
        Prompts = parts.Prompts.Count,
        HeldOut = parts.HeldOut?.Count ?? 0,
        Parameters = policy.parameters().Where(p => p.requires_grad).DistinctBy(p => p.Handle).Sum(p => p.numel()),
        Memory = [.. memory.Lines],
        Notes = [.. NotesOf(parts, options.Objective)],
    };

    private static IEnumerable<string> NotesOf(KdrlTrainerParts parts, KdrlOptions objective)
    {
        yield return objective.UseRewards ? $"reward: {parts.Reward!.Name}" : "no policy gradient: the teacher alone teaches";
        if (objective.Distillation is { Term: var term })
            yield return $"teacher: {Compared(term)}, coefficient {term.Coefficient.Kind} from {term.Coefficient.Create().At(0):G3}, gate {term.Gate}";
        else if (parts.Teacher is not null)
            yield return "the teacher is not asked: Objective.Distillation is null";
        if (objective.Distillation is { Term: { Estimator: KlEstimator.K3, Path: GradientPath.Loss, Support: TeacherSupport.SampledToken } })
            yield return "note: K3 as a plain loss trains the forward KL, although its value is the reverse KL";
        if (objective.Distillation is { Term: { Support: TeacherSupport.FullVocabulary, DivergenceBeta: 0 } })
            yield return "note: the teacher term is the forward KL on the student's own answers, not the reverse KL of KDRL";
        if (objective.ReferenceKl is { } reference) yield return $"reference KL: {reference.Penalty.Estimator}, coefficient {reference.Coefficient:G3}";
    }

    private static string Compared(TeacherTermOptions term) => (term.Support, term.DivergenceBeta) switch
    {
        (TeacherSupport.SampledToken, _) => $"{term.Estimator} as {term.Path}",
        (_, 1) => "exact reverse KL over the vocabulary",
        (_, 0) => "exact forward KL over the vocabulary",
        var (_, beta) => $"generalised Jensen-Shannon divergence over the vocabulary, beta {beta:G3}",
    };
}
