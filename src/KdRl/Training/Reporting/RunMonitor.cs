namespace KdRl.Training;

/// <summary>Looks at the numbers of each step and says what seems wrong, with its likely cause. Each warning is repeated only every so often.</summary>
public sealed class RunMonitor
{
    /// <summary>Steps before the same warning is given again.</summary>
    public const int RepeatAfter = 25;

    /// <summary>The teacher is far when the mean of d = teacher − student log-prob is below this.</summary>
    public const double FarMeanGap = -1;

    /// <summary>The teacher is far when this share of tokens has d below −5.</summary>
    public const double FarShare = 0.05;

    /// <summary>Share of truncated completions that is too high.</summary>
    public const double HighClippedRatio = 0.25;

    /// <summary>Share of its start below which entropy has collapsed, if accuracy is below <see cref="SolvedAccuracy"/>.</summary>
    public const double CollapsedEntropy = 0.1;

    /// <summary>From this accuracy on, low entropy is certainty and no collapse.</summary>
    public const double SolvedAccuracy = 0.9;

    /// <summary>Fall of held-out accuracy over two evaluations that counts, when the reward rose meanwhile.</summary>
    public const double AccuracyFall = 0.02;

    /// <summary>Mean |trainer − sampler| log-prob that is too much for one model in two code paths.</summary>
    public const double HighMismatch = 0.05;

    /// <summary>Share of completions without a score that is too high.</summary>
    public const double HighUnscoredShare = 0.05;

    /// <summary>Share of completions whose scoring timed out or failed, over the last <see cref="RepeatAfter"/> steps, that is too high.</summary>
    public const double HighFaultShare = 0.01;

    /// <summary>Share of pairs, over the last <see cref="RepeatAfter"/> steps, in which a judge names another winner when the answers change places, that is too high.</summary>
    public const double HighContradictionShare = 0.2;

    private const int StartSteps = 5;
    private const string ContradictoryPart = "/contradictory/mean";

    private readonly Dictionary<string, long> lastGiven = [];
    private readonly List<double> startEntropy = [];
    private readonly List<(double Accuracy, double Reward)> examined = [];
    private readonly List<double> rewards = [];
    private readonly Queue<(double TimedOut, double Failed)> faults = [];
    private readonly Queue<double> contradictions = [];

    /// <summary>Warnings for a step; empty when nothing seems wrong.</summary>
    /// <param name="step">Steps completed.</param>
    /// <param name="metrics">Its numbers, by <see cref="MetricNames"/>.</param>
    /// <param name="completions">Completions that trained.</param>
    /// <param name="evaluation">The evaluation that followed it, if one did.</param>
    public IReadOnlyList<string> Look(long step, IReadOnlyDictionary<string, double> metrics, int completions, EvaluationReport? evaluation)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (Get(metrics, MetricNames.Reward) is var reward && double.IsFinite(reward)) rewards.Add(reward);
        return [.. Findings(metrics, completions, evaluation).Where(f => Due(f.Key, step)).Select(f => f.Text)];
    }

    private IEnumerable<(string Key, string Text)> Findings(IReadOnlyDictionary<string, double> metrics, int completions, EvaluationReport? evaluation)
    {
        if (ConstantGroups(metrics) is { } constant) yield return ("constant", constant);
        if (FarTeacher(metrics) is { } far) yield return ("teacher", far);
        if (Get(metrics, MetricNames.ClippedRatio) > HighClippedRatio)
            yield return ("clipped", $"{metrics[MetricNames.ClippedRatio]:P0} of the completions were cut at the length limit: raise Sampling.MaxNewTokens, or " +
                                     "filter or penalise truncated completions; their reward says little of their reasoning.");
        if (Collapse(metrics) is { } collapse) yield return ("entropy", collapse);
        if (Get(metrics, MetricNames.MismatchMean) > HighMismatch)
            yield return ("mismatch", $"Sampler and trainer disagree by {metrics[MetricNames.MismatchMean]:F3} nats a token on average: the rollouts are not on-policy. " +
                                      "Check that both use the same weights and temperature.");
        if (Faults(metrics) is { } wrong) yield return ("faults", wrong);
        else if (Get(metrics, MetricNames.Unscored) > HighUnscoredShare * completions)
            yield return ("unscored", $"{metrics[MetricNames.Unscored]:F0} of {completions} completions have no score and were left out of the policy gradient: " +
                                      "see status and reason in rewards.jsonl.");
        if (Contradictions(metrics) is { } contradictory) yield return ("order", contradictory);
        if (evaluation is not null && Hacking(evaluation) is { } hacking) yield return ("hacking", hacking);
    }

    private static string? ConstantGroups(IReadOnlyDictionary<string, double> metrics)
    {
        if (Get(metrics, MetricNames.ZeroStd) is not 1) return null;
        var reward = Get(metrics, MetricNames.Reward);
        return $"All groups have equal scores (mean reward {reward:G3}): the policy gradient is zero. Either the prompts are all too hard or all too easy for the policy, " +
               "or the reward does not recognise the form of its answers: read completions.jsonl.";
    }

    private string? Faults(IReadOnlyDictionary<string, double> metrics)
    {
        if (!metrics.ContainsKey(MetricNames.TimedOut)) return null;
        faults.Enqueue((metrics[MetricNames.TimedOut], metrics[MetricNames.Failed]));
        if (faults.Count > RepeatAfter) faults.Dequeue();
        var (late, failed) = (faults.Average(f => f.TimedOut), faults.Average(f => f.Failed));
        return late + failed > HighFaultShare
            ? $"Scoring went wrong for {late + failed:P1} of the completions of the last {faults.Count} steps: {late:P1} timed out, {failed:P1} failed; more than {HighFaultShare:P0} is an " +
              "alarm. They have no score and were left out, none counted as 0; see the reasons in rewards.jsonl."
            : null;
    }

    private string? Contradictions(IReadOnlyDictionary<string, double> metrics)
    {
        string[] parts = [.. metrics.Keys.Where(name => name.EndsWith(ContradictoryPart, StringComparison.Ordinal))];
        if (parts.Length == 0) return null;
        contradictions.Enqueue(parts.Max(name => metrics[name]));
        if (contradictions.Count > RepeatAfter) contradictions.Dequeue();
        return contradictions.Average() > HighContradictionShare
            ? $"The judge names another winner when the answers change places in {contradictions.Average():P0} of the pairs of the last {contradictions.Count} steps; more than " +
              $"{HighContradictionShare:P0} is an alarm. It prefers a place, not an answer: take another judge, or make its question clearer."
            : null;
    }

    private static string? FarTeacher(IReadOnlyDictionary<string, double> metrics)
    {
        var (gap, share) = (Get(metrics, MetricNames.TeacherGap), Get(metrics, MetricNames.TeacherFar));
        return gap < FarMeanGap || share > FarShare
            ? $"The teacher is far from the student: mean d {gap:F2}, {share:P1} of tokens with d < -5. A few tokens then rule the teacher term; check that both use the same " +
              "tokenizer and chat template, or warm the student up on the teacher's answers."
            : null;
    }

    private string? Collapse(IReadOnlyDictionary<string, double> metrics)
    {
        var entropy = Get(metrics, MetricNames.Entropy);
        if (double.IsNaN(entropy)) return null;
        if (startEntropy.Count < StartSteps)
        {
            startEntropy.Add(entropy);
            return null;
        }

        var start = startEntropy.Average();
        return entropy < CollapsedEntropy * start && !(Get(metrics, MetricNames.Accuracy) >= SolvedAccuracy)
            ? $"Entropy collapsed from {start:F3} to {entropy:F3} nats a token before the task was solved: the policy no longer explores. Lower the learning rate, " +
              "raise the upper clip or add an entropy bonus."
            : null;
    }

    private string? Hacking(EvaluationReport evaluation)
    {
        examined.Add((evaluation.Accuracy, rewards.DefaultIfEmpty(double.NaN).Average()));
        rewards.Clear();
        if (examined.Count < 3) return null;
        var (before, now) = (examined[^3], examined[^1]);
        return now.Accuracy < before.Accuracy - AccuracyFall && now.Reward > before.Reward
            ? $"The reward rises ({before.Reward:F3} to {now.Reward:F3}) while held-out accuracy falls ({before.Accuracy:P1} to {now.Accuracy:P1}): the policy exploits the reward " +
              "or learns the training prompts by heart."
            : null;
    }

    private bool Due(string key, long step)
    {
        if (lastGiven.TryGetValue(key, out var last) && step - last < RepeatAfter) return false;
        lastGiven[key] = step;
        return true;
    }

    private static double Get(IReadOnlyDictionary<string, double> metrics, string name) => metrics.GetValueOrDefault(name, double.NaN);
}
