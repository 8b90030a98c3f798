using System.Diagnostics;
using KdRl.Distillation;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Training;

/// <summary>Prompts in, scored groups out: draws, scores while drawing, refills constant groups, asks the other models.</summary>
/// <param name="engine">Draws the completions.</param>
/// <param name="scorer">Scores them.</param>
/// <param name="hasReward">Whether the scorer gives scores at all; without them no group counts as constant.</param>
/// <param name="maxRefillRounds">The most rounds of dynamic sampling a step.</param>
internal sealed class RolloutCollector(IRolloutEngine engine, RewardScorer scorer, bool hasReward, int maxRefillRounds)
{
    /// <summary>Collects the groups of one step.</summary>
    /// <param name="take">Gives the next prompts: how many were taken in this step before, and how many more.</param>
    /// <param name="prompts">Prompts a step trains on.</param>
    /// <param name="sampling">How to draw, given the round: every round has a seed of its own.</param>
    /// <param name="annotators">The models to ask.</param>
    /// <param name="ct">Cancels the step.</param>
    public async Task<CollectedStep> CollectAsync(
        Func<int, int, IReadOnlyList<Prompt>> take, int prompts, Func<int, SamplingOptions> sampling, Annotators annotators, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var (drawn, useful, constant) = (new List<ScoredGroup>(), new List<ScoredGroup>(), new List<ScoredGroup>());
        var round = 0;
        for (; ; round++)
        {
            var missing = prompts - useful.Count;
            if (missing == 0 || round > maxRefillRounds) break;
            var groups = await DrawAsync(take(drawn.Count, missing), sampling(round), ct).ConfigureAwait(false);
            drawn.AddRange(groups);
            foreach (var group in groups) (hasReward && maxRefillRounds > 0 && group.Statistics.IsConstant ? constant : useful).Add(group);
        }

        useful.AddRange(constant.Take(prompts - useful.Count));
        var generation = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        var annotated = await AnnotateAsync(useful, annotators, ct).ConfigureAwait(false);
        return new CollectedStep(
            annotated, drawn, round - 1,
            hasReward ? drawn.Average(g => g.Statistics.IsConstant ? 1.0 : 0) : double.NaN,
            drawn.SelectMany(g => g.Rollouts).Select(r => r.Outcome.Value).OfType<double>().DefaultIfEmpty(double.NaN).Average(),
            generation, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private async Task<ScoredGroup[]> DrawAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken ct)
    {
        var pending = new List<Task<ScoredGroup>>(prompts.Count);
        await foreach (var group in engine.GenerateAsync(prompts, options, ct).ConfigureAwait(false))
        {
            if (pending.Count == prompts.Count || group.Prompt.Id != prompts[pending.Count].Id || group.Rollouts.Count != options.GroupSize)
                throw new InvalidOperationException(
                    $"The rollout engine gave {group.Rollouts.Count} rollouts of prompt '{group.Prompt.Id}' as group {pending.Count + 1} of {prompts.Count}; " +
                    $"expected groups of {options.GroupSize} in the order of the prompts.");
            pending.Add(scorer.ScoreAsync(group, ct));
        }

        if (pending.Count != prompts.Count)
            throw new InvalidOperationException($"The rollout engine gave {pending.Count} groups; expected {prompts.Count}, one a prompt.");
        return await Task.WhenAll(pending).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<ScoredGroup>> AnnotateAsync(IReadOnlyList<ScoredGroup> groups, Annotators annotators, CancellationToken ct)
    {
        var rollouts = groups.SelectMany(g => g.Rollouts).Select(r => r.Rollout).ToArray();
        var opinions = await Task.WhenAll(
            AskAsync("teacher", annotators.Teacher, rollouts, ct),
            AskAsync("reference model", annotators.Reference, rollouts, ct),
            AskAsync("base model", annotators.Base, rollouts, ct)).ConfigureAwait(false);
        if (opinions.All(o => o is null)) return groups;
        var row = 0;
        return [.. groups.Select(g => new ScoredGroup(g.Prompt, [.. g.Rollouts.Select(Annotate)]))];

        ScoredRollout Annotate(ScoredRollout scored)
        {
            var i = row++;
            return scored with { TeacherLogProbs = opinions[0]?[i], ReferenceLogProbs = opinions[1]?[i], BaseLogProbs = opinions[2]?[i] };
        }
    }

    private static async Task<IReadOnlyList<float[]>?> AskAsync(string who, ITeacher? model, Rollout[] rollouts, CancellationToken ct)
    {
        if (model is null) return null;
        var answer = await model.LogProbsAsync(rollouts, ct).ConfigureAwait(false);
        if (answer.Count != rollouts.Length)
            throw new InvalidOperationException($"The {who} gave log-probs of {answer.Count} rollouts; expected {rollouts.Length}.");
        for (var i = 0; i < rollouts.Length; i++)
            if (answer[i].Length != rollouts[i].CompletionTokens.Length)
                throw new InvalidOperationException(
                    $"The {who} gave {answer[i].Length} log-probs for a completion of {rollouts[i].CompletionTokens.Length} tokens (prompt '{rollouts[i].PromptId}').");
        return answer;
    }
}
