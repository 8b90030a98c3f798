namespace KdRl.Training;

/// <summary>How the policy did on held-out prompts.</summary>
/// <param name="Step">Steps completed.</param>
/// <param name="Accuracy">
/// Mean over prompts of the share of right answers (pass@1; greedy accuracy when greedy), in [0,1]; NaN when no answer got a verdict.
/// </param>
/// <param name="PassAtK">Mean pass@k, in [0,1]; NaN when no prompt has k answers with a verdict.</param>
/// <param name="K">The k of <paramref name="PassAtK"/>.</param>
/// <param name="MeanReward">Mean score of the scored answers; NaN when there is none.</param>
/// <param name="MeanLength">Mean tokens of an answer.</param>
/// <param name="ClippedRatio">Share of answers cut at the length limit, in [0,1].</param>
/// <param name="Unscored">Answers without a score; they count neither way.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record EvaluationReport(
    long Step, double Accuracy, double PassAtK, int K, double MeanReward, double MeanLength, double ClippedRatio, int Unscored, double Seconds)
{
    /// <summary>The numbers under the names of the metrics file.</summary>
    public IReadOnlyDictionary<string, double> Metrics
    {
        get
        {
            var metrics = new Dictionary<string, double>
            {
                ["eval_accuracy"] = Accuracy, ["eval_reward"] = MeanReward, ["eval_completions/mean_length"] = MeanLength,
                ["eval_completions/clipped_ratio"] = ClippedRatio, ["eval_unscored"] = Unscored, ["eval_time"] = Seconds,
            };
            if (K > 1) metrics[$"eval_pass@{K}"] = PassAtK;
            return metrics;
        }
    }
}
