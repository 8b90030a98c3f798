using System.Diagnostics;
using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Tensors;
using KdRl.Training.Optimization;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>Scored groups in, changed weights out. Everything here runs on the torch thread, micro-batches also on those of the lanes.</summary>
internal sealed class PolicyUpdater(ICausalModel policy, AdamW optimizer, KdrlObjective objective, KdrlTrainerOptions options, StepMemory memory, bool hasReward, Lanes lanes)
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
        memory.ThrowIfTooLong(rows.Lengths.Max());
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
        var plan = MicroBatches.Plan(rows.Lengths, memory.MicroBatchTokens);
        try
        {
            if (!lanes.Run(plan.Count, i => Differentiate(prepared, rows, plan[i], batch.Mask.shape[1], teacher, isFirst: i == 0), Take)) return;
        }
        catch
        {
            // The next update begins with gradients of zero.
            optimizer.ZeroGradients();
            throw;
        }

        IsHalfDone = true;
        var outcome = optimizer.Step(learningRate);
        if (!outcome.Applied) log.Skipped($"the gradient norm was {outcome.GradientNorm}", rows.Numbers);
        else log.Applied(outcome.GradientNorm, metrics);

        bool Take(MicroBatchResult result)
        {
            log.MicroBatch(result.Forward / lanes.Count, result.Backward / lanes.Count);
            for (var i = 0; i < result.Rows.Length; i++)
                log.Row(rows.Numbers[result.Rows[i]], result.LogProbs[i], result.Entropy[i], result.Teacher?[i]);
            if (!double.IsFinite(result.Loss))
            {
                optimizer.ZeroGradients();
                log.Skipped($"the loss was {result.Loss}", result.Rows.Select(i => rows.Numbers[i]));
                return false;
            }
            if (result.Gradients is { } gradients) optimizer.AddGradients(gradients);
            optimizer.Accumulate();
            foreach (var (name, value) in result.Metrics) metrics[name] = metrics.GetValueOrDefault(name) + value;
            return true;
        }
    }

    /// <summary>Forward and backward pass of a micro-batch.</summary>
    private MicroBatchResult Differentiate(PreparedStep prepared, StepRows rows, int[] micro, long width, IDistributionTeacher? teacher, bool isFirst)
    {
        using var auxiliary = AuxiliaryLosses.Collect();
        using var direct = lanes.Count == 1 ? AdamW.Direct(isFirst) : DirectGradients.Begin(_ => false);
        var start = Stopwatch.GetTimestamp();
        var (loss, scores, metrics) = Forward(prepared, rows, micro, width, teacher);
        var forward = Stopwatch.GetElapsedTime(start);
        var (logProbs, entropy) = (PerRow(rows, micro, scores.LogProbs), PerRow(rows, micro, scores.Entropy!));
        var known = scores.TeacherLogProbs is { } values ? PerRow(rows, micro, values) : null;
        start = Stopwatch.GetTimestamp();
        var share = micro.Sum(i => (double)rows.Lengths[i]) / rows.Lengths.Sum(length => (double)length);
        var gradients = double.IsFinite(metrics["loss"]) ? Backward(auxiliary.AddTo(loss, share), direct) : null;
        if (auxiliary.Count > 0) metrics = new Dictionary<string, double>(metrics) { [MetricNames.AuxiliaryLoss] = share * auxiliary.Total };
        return new MicroBatchResult(micro, logProbs, entropy, known, metrics, gradients, forward, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Null: the gradients were added to the parameters'. Beside other threads they are handed back, to be added in order.</summary>
    private Tensor[]? Backward(Tensor loss, DirectGradients direct)
    {
        if (lanes.Count > 1)
        {
            Tensor[] parameters = [.. optimizer.Parameters];
            Tensor[] gradients = [.. autograd.grad([loss], parameters, allow_unused: true)];
            foreach (var (weight, gradient) in direct.Apart)
                gradients[Array.FindIndex(parameters, parameter => ReferenceEquals(parameter, weight))] = gradient.alias();
            return gradients;
        }
        loss.backward();
        direct.AddToOwn();
        return null;
    }

    /// <summary>The loss of a micro-batch, what was said of its tokens, and the metrics.</summary>
    private (Tensor Loss, TokenScores Scores, IReadOnlyDictionary<string, double> Metrics) Forward(
        PreparedStep prepared, StepRows rows, int[] micro, long width, IDistributionTeacher? teacher)
    {
        var scored = new ScoredRows([.. micro.Select(i => Sequence(rows.Rows[i]))], device);
        var temperature = options.Sampling.Temperature;
        var compared = teacher is null ? (ComparedModel?)null : new ComparedModel(teacher.Model, teacher.Temperature, options.Objective.Distillation!.Term.DivergenceBeta);
        if (!prepared.IsSumOverTokens || scored.AreKept(policy))
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
        policy, [.. rows.Rows.Select(Sequence)], options.Sampling.Temperature, memory.MicroBatchTokens);

    private static TokenSequence Sequence(ScoredRollout row) => new(row.Rollout.PromptTokens, row.Rollout.CompletionTokens);

    /// <summary>The values of the completion tokens, split by row.</summary>
    private static float[][] PerRow(StepRows rows, int[] micro, Tensor values)
    {
        var (width, flat) = ((int)values.shape[1], values.ToNumbers<float>());
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
