using System.Diagnostics;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Training;

/// <summary>Examines a policy on prompts it does not train on.</summary>
public sealed class Evaluator
{
    private readonly IRolloutEngine engine;
    private readonly RewardScorer scorer;
    private readonly IReadOnlyList<Prompt> prompts;
    private readonly SamplingOptions sampling;
    private readonly int k;

    /// <summary>Prepares an examination.</summary>
    /// <param name="engine">Draws the answers.</param>
    /// <param name="reward">Judges them; accuracy comes from <see cref="RewardOutcome.Correct"/>.</param>
    /// <param name="prompts">The held-out prompts; at least one.</param>
    /// <param name="options">How answers are drawn.</param>
    /// <param name="training">
    /// Sampling in training. What ends a completion comes from here: length limit, stop tokens and strings, guards. Group size, temperature and seed do not, and
    /// nothing is cut off the distribution (top-k, top-p, min-p), so that pass@k is that of the policy itself.
    /// </param>
    /// <param name="seed">Seed of sampled answers, the same at every evaluation.</param>
    /// <exception cref="ArgumentException">There are no prompts.</exception>
    public Evaluator(IRolloutEngine engine, IReward reward, IReadOnlyList<Prompt> prompts, EvaluationOptions options, SamplingOptions training, long seed)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(reward);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        if (prompts.Count == 0) throw new ArgumentException("There are no held-out prompts; expected at least one.", nameof(prompts));
        (this.engine, this.prompts, k) = (engine, prompts, options.K);
        scorer = new RewardScorer(reward, RewardQueue.DefaultConcurrency);
        sampling = training with
        {
            GroupSize = options.SamplesPerPrompt,
            Temperature = options.Temperature,
            MaxNewTokens = options.MaxNewTokens ?? training.MaxNewTokens,
            TopK = 0,
            TopP = 1,
            MinP = 0,
            Seed = seed,
        };
    }

    /// <summary>Draws and judges the answers.</summary>
    /// <param name="step">Steps completed, for the report.</param>
    /// <param name="ct">Cancels the examination.</param>
    public async Task<EvaluationReport> RunAsync(long step, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var pending = new List<Task<ScoredGroup>>();
        await foreach (var group in engine.GenerateAsync(prompts, sampling, ct).ConfigureAwait(false)) pending.Add(scorer.ScoreAsync(group, ct));
        var groups = await Task.WhenAll(pending).ConfigureAwait(false);

        var answers = groups.SelectMany(g => g.Rollouts).ToArray();
        var judged = groups.Select(g => (Right: g.Rollouts.Count(r => r.Outcome.Correct == true), Known: g.Rollouts.Count(r => r.Outcome.Correct is not null)))
            .Where(g => g.Known > 0).ToArray();
        return new EvaluationReport(
            step,
            Mean(judged.Select(g => g.Right / (double)g.Known)),
            Mean(judged.Where(g => g.Known >= k).Select(g => PassAtK.Estimate(g.Known, g.Right, k))),
            k,
            Mean(answers.Where(a => a.Outcome.Value is not null).Select(a => a.Outcome.Value!.Value)),
            Mean(answers.Select(a => (double)a.Rollout.CompletionTokens.Length)),
            Mean(answers.Select(a => a.Rollout.FinishReason == FinishReason.Length ? 1.0 : 0)),
            answers.Count(a => a.Outcome.Value is null),
            Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();
}
