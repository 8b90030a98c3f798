using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Training;

/// <summary>The numbers of a step, from plain data.</summary>
internal static class StepMetrics
{
    /// <summary>Names and values, in the order in which they are written.</summary>
    public static Dictionary<string, double> Of(CollectedStep step, UpdateResult update)
    {
        var rows = step.Groups.SelectMany(g => g.Rollouts).ToArray();
        var metrics = new Dictionary<string, double>();
        if (!double.IsNaN(step.ConstantShare)) Rewards(metrics, step, rows);
        metrics[MetricNames.Loss] = update.Parts.GetValueOrDefault(MetricNames.Loss, double.NaN);
        metrics[MetricNames.GradNorm] = update.GradNorm;
        metrics[MetricNames.Entropy] = Mean(rows.Zip(update.Entropy).Where(p => p.Second is not null).SelectMany(p => Sampled(p.First, p.Second!)).Select(e => (double)e));
        Objective(metrics, rows, update);
        Lengths(metrics, rows);
        Mismatch(metrics, rows, update);
        metrics[MetricNames.RefillRounds] = step.RefillRounds;
        return metrics;
    }

    private static void Rewards(Dictionary<string, double> metrics, CollectedStep step, ScoredRollout[] rows)
    {
        metrics[MetricNames.Reward] = step.DrawnReward;
        metrics[MetricNames.RewardStd] = Mean(step.Groups.Select(g => Std([.. g.Rollouts.Select(r => r.Outcome.Value).OfType<double>()])).Where(double.IsFinite));
        metrics[MetricNames.ZeroStd] = step.ConstantShare;
        metrics[MetricNames.Accuracy] = Mean(rows.Where(r => r.Outcome.Correct is not null).Select(r => r.Outcome.Correct == true ? 1.0 : 0));
        metrics[MetricNames.Unscored] = rows.Count(r => r.Outcome.Value is null);
        metrics[MetricNames.TimedOut] = Share(step.Drawn, RewardStatus.TimedOut);
        metrics[MetricNames.Failed] = Share(step.Drawn, RewardStatus.Failed);
        foreach (var part in rows.SelectMany(r => r.Outcome.Parts).GroupBy(p => p.Key).OrderBy(p => p.Key, StringComparer.Ordinal))
            (metrics[$"rewards/{part.Key}/mean"], metrics[$"rewards/{part.Key}/std"]) = (part.Average(p => p.Value), Std([.. part.Select(p => p.Value)]));
    }

    private static double Share(IReadOnlyList<ScoredGroup> drawn, RewardStatus status) => drawn.SelectMany(g => g.Rollouts).Average(r => r.Outcome.Status == status ? 1.0 : 0);

    /// <summary>The objective's own numbers, without those of models that were not asked, which are 0 and mean nothing.</summary>
    private static void Objective(Dictionary<string, double> metrics, ScoredRollout[] rows, UpdateResult update)
    {
        // The trainer writes the coefficient itself, also in steps whose update was skipped.
        foreach (var (name, value) in update.Parts.Where(p => p.Key != "distillation/beta"))
        {
            var asked = name.StartsWith("distillation/", StringComparison.Ordinal) ? rows[0].TeacherLogProbs is not null
                : name != MetricNames.Kl || rows[0].ReferenceLogProbs is not null;
            if (asked) metrics.TryAdd(name, value);
        }
    }

    private static void Lengths(Dictionary<string, double> metrics, ScoredRollout[] rows)
    {
        var lengths = rows.Select(r => (double)r.Rollout.CompletionTokens.Length).ToArray();
        var ended = rows.Where(r => r.Rollout.FinishReason == FinishReason.Stop).Select(r => (double)r.Rollout.CompletionTokens.Length).ToArray();
        metrics[MetricNames.MeanLength] = lengths.Average();
        metrics[MetricNames.MinLength] = lengths.Min();
        metrics[MetricNames.MaxLength] = lengths.Max();
        metrics[MetricNames.MeanTerminatedLength] = Mean(ended);
        metrics[MetricNames.ClippedRatio] = 1 - ended.Length / (double)rows.Length;
    }

    private static void Mismatch(Dictionary<string, double> metrics, ScoredRollout[] rows, UpdateResult update)
    {
        var gaps = Gaps(rows, update, r => r.Rollout.LogProbs);
        if (gaps.Length == 0) return;
        // Gaps are sampler − trainer.
        metrics[MetricNames.MismatchMean] = gaps.Average(Math.Abs);
        metrics[MetricNames.MismatchMax] = gaps.Max(Math.Abs);
        metrics[MetricNames.RatioMin] = Math.Exp(-gaps.Max());
        metrics[MetricNames.RatioMean] = gaps.Average(d => Math.Exp(-d));
        metrics[MetricNames.RatioMax] = Math.Exp(-gaps.Min());
    }

    /// <summary>d = other − policy log-prob of every sampled token that both have.</summary>
    private static double[] Gaps(ScoredRollout[] rows, UpdateResult update, Func<ScoredRollout, float[]?> other) =>
        [.. rows.Zip(update.LogProbs).Where(p => p.Second is not null && other(p.First) is not null)
            .SelectMany(p => Sampled(p.First, other(p.First)!).Zip(Sampled(p.First, p.Second!), (o, s) => (double)o - s))];

    /// <summary>The numbers of the tokens that the policy wrote itself.</summary>
    private static IEnumerable<float> Sampled(ScoredRollout row, float[] perToken) => perToken.Where((_, t) => row.Rollout.IsSampled(t));

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();

    private static double Std(double[] values)
    {
        if (values.Length < 2) return double.NaN;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }
}
