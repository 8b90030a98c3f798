using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Training.Optimization;

namespace KdRl.Training;

/// <summary>
/// Post-trains a policy: draws completions, scores them, asks the teacher, minimises the objective, and again. The same type does pure
/// reinforcement learning (no teacher), pure distillation (no reward) and KDRL, which joins both (arXiv 2506.02208).
/// </summary>
/// <remarks>
/// A run with a folder resumes bit for bit: it goes on from the newest complete checkpoint as if it had never stopped, on the same machine
/// and libraries.
/// </remarks>
public sealed class KdrlTrainer : IDisposable
{
    private readonly KdrlTrainerParts parts;
    private readonly KdrlTrainerOptions options;
    private readonly AdamW optimizer;
    private readonly PolicyUpdater updater;
    private readonly RolloutCollector collector;
    private readonly Evaluator? evaluator;
    private readonly RunCheckpoints? checkpoints;
    private readonly LearningRateSchedule learningRate;
    private readonly ModelNeeds needs;
    private readonly SeededOrder<Prompt> order;
    private readonly IReadOnlyList<IAdaptiveReward> adaptive;
    private readonly RunMonitor monitor = new();
    private TrainingState state = new();
    private IReadOnlyList<string> startWarnings = [];
    private bool isRestored;
    private long savedStep = -1;
    private int running;

    /// <summary>Something has happened that the run folder does not tell yet.</summary>
    private bool isUnrecorded;

    /// <summary>Prepares a run.</summary>
    /// <param name="parts">Models, prompts, rewards.</param>
    /// <param name="options">Everything else; not to be changed while the trainer lives.</param>
    /// <exception cref="ArgumentException">A part is missing or does not fit.</exception>
    /// <exception cref="InvalidOperationException">The memory does not suffice for the weights, their gradients and moments, and a token.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range, without effect, or does not fit the parts.</exception>
    public KdrlTrainer(KdrlTrainerParts parts, KdrlTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(options);
        var module = PartsCheck.Module(parts);
        KdrlTrainerOptionsCheck.ThrowIfInvalid(options, parts);
        (this.parts, this.options) = (parts, options);
        OptionsJson = JsonSerializer.Serialize(options, RunJson.Options);
        learningRate = new LearningRateSchedule(options.LearningRate, options.Steps);
        needs = new ModelNeeds(parts, options.Objective);
        adaptive = [.. parts.Reward?.SelfAndInner().OfType<IAdaptiveReward>() ?? []];
        order = new SeededOrder<Prompt>(parts.Prompts, options.Seed);
        collector = new RolloutCollector(parts.Engine, new RewardScorer(parts.Reward, options.MaxConcurrentRewards), parts.Reward is not null, options.DynamicSampling.MaxRefillRounds);
        if (options.Evaluation.Every > 0 && parts.HeldOut is not null)
            evaluator = new Evaluator(parts.Engine, (parts.EvaluationReward ?? parts.Reward)!, parts.HeldOut, options.Evaluation, options.Sampling,
                Seeds.Mix(options.Seed, Seeds.Evaluation));
        var objective = new KdrlObjective(options.Objective);
        var memory = parts.Thread.RunAsync(() => StepMemory.Of(parts.Policy, module, options.MicroBatchTokens, options.MemoryLimit,
            ModelNeeds.ComparesDistributions(options.Objective) ? (parts.Teacher as IDistributionTeacher)?.Model : null, lanes: 1 + parts.Helpers.Count)).GetAwaiter().GetResult();
        optimizer = parts.Thread.RunAsync(() => new AdamW(module, options.Optimizer)).GetAwaiter().GetResult();
        updater = new PolicyUpdater(parts.Policy, optimizer, objective, options, memory, parts.Reward is not null, new Lanes(parts.Helpers));
        if (parts.Helpers.Count > 0) optimizer.ThrowIfTied();
        if (options.Output.Folder is not null && options.Checkpoints.Every > 0)
            checkpoints = new RunCheckpoints(Path.Combine(options.Output.Folder, "checkpoints"), options.Checkpoints, parts.Policy, optimizer, PartsCheck.Checkpointed(parts), OptionsJson);
        Plan = RunPlan.Of(parts, options, module, memory);
    }

    /// <summary>The arithmetic of the run.</summary>
    public RunPlan Plan { get; }

    /// <summary>The options, resolved, as JSON: what <c>options.json</c> will hold.</summary>
    public string OptionsJson { get; }

    /// <summary>How the run stands.</summary>
    public RunSummary Summary => RunSummary.Of(state, options.Steps);

    /// <summary>Runs to the end, step by step. A cancelled or abandoned run leaves a checkpoint of its last complete step.</summary>
    /// <param name="ct">Cancels the run: between two steps, or while completions are drawn and scored.</param>
    /// <exception cref="InvalidOperationException">The trainer is running already, a step of it failed half-way, or the folder has a checkpoint and Checkpoints.Resume is false.</exception>
    /// <exception cref="InvalidDataException">The folder holds a run with other options, or a file that cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be written, such as on a full disk; it is named. The checkpoints before stay whole.</exception>
    public async IAsyncEnumerable<StepReport> RunAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        if (updater.IsHalfDone) throw new InvalidOperationException("An update failed half-way and the weights are in an unknown state: make a new trainer, which goes on from the last checkpoint.");
        if (isUnrecorded) throw new InvalidOperationException($"Step {state.Step} could not be written down: make a new trainer, which goes on from the last checkpoint.");
        if (Interlocked.Exchange(ref running, 1) == 1) throw new InvalidOperationException("The trainer is running already.");
        RunFolder? folder = null;
        try
        {
            await RestoreAsync().ConfigureAwait(false);
            if (options.Output.Folder is not null) folder = new RunFolder(options.Output, OptionsJson, KeptStep, parts.TokenText);
            if (IsEvaluationDue) yield return await CatchUpAsync(folder, ct).ConfigureAwait(false);
            while (state.Step < options.Steps && state.StopReason is null)
            {
                ct.ThrowIfCancellationRequested();
                yield return await StepAsync(folder, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            try
            {
                // From the checkpoint before it, a step that could not be written down is taken again and leaves no gap in the files.
                if (!updater.IsHalfDone && !isUnrecorded) await SaveAsync().ConfigureAwait(false);
                if (!isUnrecorded) folder?.Summarise(Summary);
            }
            finally { Volatile.Write(ref running, 0); }
        }
    }

    /// <summary>Frees the optimiser's tensors.</summary>
    public void Dispose() => parts.Thread.RunAsync(optimizer.Dispose).GetAwaiter().GetResult();

    /// <summary>What the run folder says of steps up to this one stays; −1: nothing.</summary>
    private long KeptStep => state.Step == 0 && state.Evaluations.Count == 0 ? -1 : state.Step;

    private bool IsEvaluationDue => evaluator is not null && state.StopReason is null && (state.Evaluations is not [.., var last] || last.Step != state.Step) &&
        (state.Step == 0 ? options.Evaluation.AtStart : state.Step == options.Steps || state.Step % options.Evaluation.Every == 0);

    private async Task<StepReport> StepAsync(RunFolder? folder, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var step = state.Step;
        var seed = Seeds.Mix(options.Seed, step);
        var collected = await collector.CollectAsync(
            (taken, count) => order.Take(state.Cursor + taken, count), options.PromptsPerStep, round => options.Sampling with { Seed = Seeds.Mix(seed, round) }, needs.At(step), ct).ConfigureAwait(false);
        var rate = learningRate.At(step);
        var update = await parts.Thread.RunAsync(() => updater.Update(collected.Groups, step, rate, needs.DistributionAt(step)), CancellationToken.None).ConfigureAwait(false);
        collected = collected with { Groups = update.WithTeacher(collected.Groups) };
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var tokens = collected.Groups.Sum(g => g.Rollouts.Sum(r => (long)r.Rollout.CompletionTokens.Length));
        isUnrecorded = true;
        state = state with
        {
            Step = step + 1,
            Updates = state.Updates + update.Applied,
            Cursor = state.Cursor + collected.Drawn.Count,
            Tokens = state.Tokens + tokens,
            SkippedUpdates = state.SkippedUpdates + update.Skipped.Count,
            RefillRounds = state.RefillRounds + collected.RefillRounds,
            Seconds = state.Seconds + seconds,
        };
        parts.Engine.PolicyVersion = state.Updates;
        foreach (var reward in adaptive) reward.Observe(collected.Drawn);

        var metrics = StepMetrics.Of(collected, update);
        metrics[MetricNames.LearningRate] = rate;
        if (needs.Beta(step) is { } beta) metrics[MetricNames.Beta] = beta;
        metrics[MetricNames.NumTokens] = state.Tokens;
        metrics[MetricNames.SkippedUpdates] = state.SkippedUpdates;
        metrics[MetricNames.PolicyVersion] = state.Updates;
        metrics[MetricNames.StepTime] = seconds;
        metrics[MetricNames.GenerationTime] = collected.GenerationSeconds;
        metrics[MetricNames.TeacherTime] = collected.TeacherSeconds;
        metrics[MetricNames.UpdateTime] = update.Seconds;
        metrics[MetricNames.ForwardTime] = update.ForwardSeconds;
        metrics[MetricNames.BackwardTime] = update.BackwardSeconds;
        metrics[MetricNames.TokensPerSecond] = tokens / seconds;
        if (parts.Reward is not null) folder?.WriteRewards(state.Step, collected.Drawn);
        folder?.WriteCompletions(state.Step, collected.Groups, update);
        var kept = folder is null ? "" : $"; its completions are in skipped/step-{state.Step}.jsonl";
        var report = new StepReport(state.Step, metrics)
        {
            Groups = collected.Groups,
            Warnings = [.. update.Skipped.Select(reason => $"An update was skipped because it was not finite: {reason}{kept}.")],
        };
        return await FinishAsync(report, folder, ct).ConfigureAwait(false);
    }

    /// <summary>The evaluation before the first step, or one that a cancellation cut off.</summary>
    private Task<StepReport> CatchUpAsync(RunFolder? folder, CancellationToken ct) => FinishAsync(new StepReport(state.Step, new Dictionary<string, double>()), folder, ct);

    /// <summary>Evaluates when due, looks for trouble, writes the step down, saves when due.</summary>
    private async Task<StepReport> FinishAsync(StepReport report, RunFolder? folder, CancellationToken ct)
    {
        var evaluated = false;
        if (IsEvaluationDue)
        {
            EvaluationReport evaluation;
            try { evaluation = await evaluator!.RunAsync(state.Step, ct).ConfigureAwait(false); }
            catch
            {
                // The step was taken, whatever becomes of its evaluation.
                if (report.Metrics.Count > 0) Record(report, folder);
                throw;
            }

            isUnrecorded = true;
            IReadOnlyList<EvaluationReport> evaluations = [.. state.Evaluations, evaluation];
            state = state with { Evaluations = evaluations, StopReason = EarlyStop.Reason(evaluations, options.EarlyStop), Seconds = state.Seconds + evaluation.Seconds };
            report = report with { Evaluation = evaluation, StopReason = state.StopReason, Metrics = report.Metrics.Concat(evaluation.Metrics).ToDictionary() };
            evaluated = true;
        }

        report = report with { Warnings = [.. startWarnings, .. report.Warnings, .. monitor.Look(report.Step, report.Metrics, report.Groups.Sum(g => g.Rollouts.Count), report.Evaluation)] };
        startWarnings = [];
        Record(report, folder);
        if (state.Step > 0 && checkpoints is not null && state.Step % options.Checkpoints.Every == 0) await SaveAsync().ConfigureAwait(false);
        if (evaluated) folder?.Summarise(Summary);
        return report;
    }

    private void Record(StepReport report, RunFolder? folder)
    {
        folder?.Write(report);
        isUnrecorded = false;
    }

    private async Task RestoreAsync()
    {
        if (isRestored) return;
        if (checkpoints is not null && await parts.Thread.RunAsync(checkpoints.Restore).ConfigureAwait(false) is { } found)
        {
            state = found;
            savedStep = found.Step;
        }

        startWarnings = [.. (checkpoints?.PassedOver ?? []).Select(fault => $"A torn checkpoint was passed over: {fault}.")];
        parts.Engine.PolicyVersion = state.Updates;
        isRestored = true;
    }

    private async Task SaveAsync()
    {
        if (checkpoints is null || savedStep == state.Step || !isRestored) return;
        var saving = state;
        await parts.Thread.RunAsync(() => checkpoints.Save(saving), CancellationToken.None).ConfigureAwait(false);
        savedStep = saving.Step;
    }
}
