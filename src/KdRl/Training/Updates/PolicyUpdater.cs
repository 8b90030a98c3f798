using System.Diagnostics;
using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Tensors;
using KdRl.Training.Optimization;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>Scored groups in, changed weights out. Everything here runs on the torch thread.</summary>
internal sealed class PolicyUpdater(ICausalModel policy, AdamW optimizer, KdrlObjective objective, KdrlTrainerOptions options, bool hasReward)
{
    private readonly Device device = policy.OutputWeight.device;

    /// <summary>An update failed after weights had begun to change: they belong to no step.</summary>
    public bool IsHalfDone { get; private set; }

    private bool IsStrictlyOnPolicy => options.UpdateEpochs == 1 && options.MiniBatches == 1;

    /// <summary>Makes the updates of a step. One whose loss or gradient is not finite leaves the weights as they were.</summary>
    /// <param name="groups">The groups of the step.</param>
    /// <param name="step">Steps completed before.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="teacher">The teacher whose distribution is compared with the policy's; null: none, or its log-probs are in the groups.</param>
    public UpdateResult Update(IReadOnlyList<ScoredGroup> groups, long step, double learningRate, IDistributionTeacher? teacher)
    {
        var start = Stopwatch.GetTimestamp();
        var rows = StepRows.Of(groups);
        var log = new UpdateLog(rows.Rows.Count);
        var old = IsStrictlyOnPolicy ? null : OldLogProbs(rows);
        for (var epoch = 0; epoch < options.UpdateEpochs; epoch++)
            foreach (var part in Shares(groups.Count, step, epoch))
                UpdateOnce(rows.Part(part), old, step, learningRate, teacher, log);
        IsHalfDone = false;
        return log.Result(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private void UpdateOnce(StepRows rows, float[][]? old, long step, double learningRate, IDistributionTeacher? teacher, UpdateLog log)
    {
        using var scope = NewDisposeScope();
        var batch = BatchBuilder.Build(rows, hasReward, old is null ? null : [.. rows.Numbers.Select(r => old[r])], device);
        using var prepared = objective.Prepare(batch, step);
        var metrics = new Dictionary<string, double>(prepared.Metrics);
        foreach (var micro in MicroBatches.Plan(rows.Lengths, options.MicroBatchTokens))
        {
            using var inner = NewDisposeScope();
            var forward = Stopwatch.GetTimestamp();
            var (loss, scores, parts) = Forward(prepared, rows, micro, batch.Mask.shape[1], teacher);
            log.MicroBatch(Stopwatch.GetElapsedTime(forward));
            Note(rows, micro, scores, log);
            if (!double.IsFinite(parts["loss"]))
            {
                optimizer.ZeroGradients();
                log.Skipped($"the loss was {parts["loss"]}", micro.Select(i => rows.Numbers[i]));
                return;
            }

            var backward = Stopwatch.GetTimestamp();
            loss.backward();
            log.Backward(Stopwatch.GetElapsedTime(backward));
            optimizer.Accumulate();
            foreach (var (name, value) in parts) metrics[name] = metrics.GetValueOrDefault(name) + value;
        }

        IsHalfDone = true;
        var outcome = optimizer.Step(learningRate);
        if (!outcome.Applied) log.Skipped($"the gradient norm was {outcome.GradientNorm}", rows.Numbers);
        else log.Applied(outcome.GradientNorm, metrics);
    }

    /// <summary>The loss of a micro-batch, what was said of its tokens, and the metrics.</summary>
    private (Tensor Loss, TokenScores Scores, IReadOnlyDictionary<string, double> Metrics) Forward(
        PreparedStep prepared, StepRows rows, int[] micro, long width, IDistributionTeacher? teacher)
    {
        var scored = new ScoredRows([.. micro.Select(i => Sequence(rows.Rows[i]))], device);
        var temperature = options.Sampling.Temperature;
        var compared = teacher is null ? (ComparedModel?)null : new ComparedModel(teacher.Model, teacher.Temperature, options.Objective.Distillation!.Term.DivergenceBeta);
        if (!prepared.IsSumOverTokens || scored.FitAtOnce(policy, compared))
        {
            var whole = scored.Score(policy, temperature, withEntropy: true, compared);
            var result = prepared.Evaluate(tensor(micro.Select(i => (long)i).ToArray(), device: device), whole.LogProbs, whole.Entropy, Divergence(whole));
            return (result.Loss, whole, result.ReadMetrics());
        }

        // Too many logits to keep: each chunk is differentiated where it is formed.
        var metrics = new Dictionary<string, double>();
        var tokens = tensor(micro.SelectMany(i => Places(rows.Rows[i], i * width)).ToArray(), device: device);
        var (loss, scores) = scored.Reduce(policy, temperature, compared, (start, chunk) =>
        {
            var result = prepared.EvaluateTokens(tokens.narrow(0, start, chunk.LogProbs.shape[0]), chunk.LogProbs, chunk.Entropy, Divergence(chunk));
            foreach (var (name, value) in result.ReadMetrics()) metrics[name] = metrics.GetValueOrDefault(name) + value;
            return result.Loss;
        });
        return (loss, scores, metrics);

        static TeacherDivergence? Divergence(TokenScores of) => of.Divergence is { } divergence ? new TeacherDivergence(divergence, of.TeacherLogProbs) : null;

        static IEnumerable<long> Places(ScoredRollout row, long start) =>
            Enumerable.Range(row.Rollout.PromptTokens.Length, row.Rollout.CompletionTokens.Length).Select(t => start + t);
    }

    /// <summary>The policy's log-probs before any update of the step, by row.</summary>
    private float[][] OldLogProbs(StepRows rows) => BatchScorer.LogProbs(
        policy, [.. rows.Rows.Select(Sequence)], options.Sampling.Temperature, options.MicroBatchTokens);

    private static TokenSequence Sequence(ScoredRollout row) => new(row.Rollout.PromptTokens, row.Rollout.CompletionTokens);

    private static void Note(StepRows rows, int[] micro, TokenScores scores, UpdateLog log)
    {
        var (logProbs, entropy) = (PerRow(rows, micro, scores.LogProbs), PerRow(rows, micro, scores.Entropy!));
        var teacher = scores.TeacherLogProbs is { } known ? PerRow(rows, micro, known) : null;
        for (var i = 0; i < micro.Length; i++) log.Row(rows.Numbers[micro[i]], logProbs[i], entropy[i], teacher?[i]);
    }

    /// <summary>The values of the completion tokens, split by row.</summary>
    private static float[][] PerRow(StepRows rows, int[] micro, Tensor values)
    {
        var (width, flat) = ((int)values.shape[1], values.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray());
        return [.. micro.Select((row, i) => flat.AsSpan(i * width + rows.Rows[row].Rollout.PromptTokens.Length, rows.Rows[row].Rollout.CompletionTokens.Length).ToArray())];
    }

    /// <summary>Group numbers of each minibatch; shuffled when there are several.</summary>
    private IEnumerable<int[]> Shares(int groups, long step, int epoch)
    {
        var order = Enumerable.Range(0, groups).ToArray();
        if (options.MiniBatches == 1) return [order];
        new Random(Seeds.Narrow(Seeds.Mix(Seeds.Mix(options.Seed, step), Seeds.MiniBatchOrder + epoch))).Shuffle(order);
        return order.Select((g, i) => (Group: g, Part: (long)i * options.MiniBatches / groups)).GroupBy(x => x.Part).Select(p => p.Select(x => x.Group).ToArray());
    }
}
