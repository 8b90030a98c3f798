using System.Diagnostics;
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
    public UpdateResult Update(IReadOnlyList<ScoredGroup> groups, long step, double learningRate)
    {
        var start = Stopwatch.GetTimestamp();
        var rows = StepRows.Of(groups);
        var log = new UpdateLog(rows.Rows.Count);
        var old = IsStrictlyOnPolicy ? null : OldLogProbs(rows);
        for (var epoch = 0; epoch < options.UpdateEpochs; epoch++)
            foreach (var part in Shares(groups.Count, step, epoch))
                UpdateOnce(rows.Part(part), old, step, learningRate, log);
        IsHalfDone = false;
        return log.Result(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private void UpdateOnce(StepRows rows, float[][]? old, long step, double learningRate, UpdateLog log)
    {
        using var scope = NewDisposeScope();
        var batch = BatchBuilder.Build(rows, hasReward, old is null ? null : [.. rows.Numbers.Select(r => old[r])], device);
        using var prepared = objective.Prepare(batch, step);
        var metrics = new Dictionary<string, double>(prepared.Metrics);
        foreach (var micro in MicroBatches.Plan(rows.Lengths, options.MicroBatchTokens))
        {
            using var inner = NewDisposeScope();
            var (index, ids, mask) = Cut(batch, rows, micro);
            var forward = Stopwatch.GetTimestamp();
            var scores = SequenceScorer.Score(policy, ids, mask, options.Sampling.Temperature, withEntropy: true);
            log.MicroBatch(Stopwatch.GetElapsedTime(forward));
            Note(rows, micro, mask, scores, log);
            var result = prepared.Evaluate(index, scores.LogProbs, scores.Entropy);
            var parts = result.ReadMetrics();
            if (!double.IsFinite(parts["loss"]))
            {
                optimizer.ZeroGradients();
                log.Skipped($"the loss was {parts["loss"]}", micro.Select(i => rows.Numbers[i]));
                return;
            }

            var backward = Stopwatch.GetTimestamp();
            result.Loss.backward();
            log.Backward(Stopwatch.GetElapsedTime(backward));
            optimizer.Accumulate();
            foreach (var (name, value) in parts) metrics[name] = metrics.GetValueOrDefault(name) + value;
        }

        IsHalfDone = true;
        var outcome = optimizer.Step(learningRate);
        if (!outcome.Applied) log.Skipped($"the gradient norm was {outcome.GradientNorm}", rows.Numbers);
        else log.Applied(outcome.GradientNorm, metrics);
    }

    /// <summary>The policy's log-probs before any update of the step, by row.</summary>
    private float[][] OldLogProbs(StepRows rows) => BatchScorer.LogProbs(
        policy, [.. rows.Rows.Select(r => new TokenSequence(r.Rollout.PromptTokens, r.Rollout.CompletionTokens))], options.Sampling.Temperature, options.MicroBatchTokens);

    /// <summary>The rows of a micro-batch, without the columns that are padding for all of them.</summary>
    private (Tensor Index, Tensor Ids, Tensor Mask) Cut(TrainingBatch batch, StepRows rows, int[] micro)
    {
        var width = micro.Max(i => rows.Lengths[i]);
        var index = tensor(micro.Select(i => (long)i).ToArray(), device: device);
        return (index, batch.Ids!.index_select(0, index).narrow(1, 0, width), batch.Mask.index_select(0, index).narrow(1, 0, width));
    }

    private static void Note(StepRows rows, int[] micro, Tensor mask, TokenScores scores, UpdateLog log)
    {
        var (logProbs, entropy) = (PerRow(rows, micro, mask, scores.LogProbs), PerRow(rows, micro, mask, scores.Entropy!));
        for (var i = 0; i < micro.Length; i++) log.Row(rows.Numbers[micro[i]], logProbs[i], entropy[i]);
    }

    /// <summary>Values under the mask, split by row.</summary>
    private static float[][] PerRow(StepRows rows, int[] micro, Tensor mask, Tensor values)
    {
        var flat = values.detach().masked_select(mask).to(ScalarType.Float32).cpu().data<float>().ToArray();
        var end = 0;
        return [.. micro.Select(i => flat[end..(end += rows.Rows[i].Rollout.CompletionTokens.Length)])];
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
