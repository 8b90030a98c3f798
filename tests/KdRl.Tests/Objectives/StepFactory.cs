using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

/// <summary>Random steps with everything an objective may ask for, in float64.</summary>
internal static class StepFactory
{
    /// <summary>A step of random rows: ragged, some without a valid token, a score, a verdict, or cut off.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="padding">What stands outside the mask.</param>
    /// <param name="offPolicy">Old log-probs that differ from the current ones.</param>
    /// <param name="keepMask">Every row has a token, a score and a verdict.</param>
    public static TrainingBatch Make(int seed, int rows = 8, int width = 6, double padding = 0, bool offPolicy = true, bool keepMask = false)
    {
        var random = new Random(seed);
        var mask = new bool[rows, width];
        for (var i = 0; i < rows; i++)
        {
            var length = random.Next(keepMask ? 1 : 0, width + 1);
            for (var t = 0; t < length; t++) mask[i, t] = t == 0 || random.Next(6) > 0;
        }
        var (groups, rewards, correct, truncated) = (new long[rows], new double[rows], new float[rows], new bool[rows]);
        for (var i = 0; i < rows; i++)
        {
            groups[i] = i / 4;
            rewards[i] = !keepMask && random.Next(8) == 0 ? double.NaN : random.Next(3) / 2.0;
            correct[i] = double.IsNaN(rewards[i]) ? float.NaN : rewards[i] > .7 ? 1 : 0;
            truncated[i] = random.Next(6) == 0;
        }
        var valid = tensor(mask);
        Tensor Values(double low, double high)
        {
            var values = new double[rows, width];
            for (var i = 0; i < rows; i++)
                for (var t = 0; t < width; t++)
                {
                    var value = low + (high - low) * random.NextDouble();
                    values[i, t] = mask[i, t] ? value : padding;
                }
            return tensor(values);
        }
        var logProbs = Values(-3, -.05);
        Tensor Near(double spread) => (logProbs + Values(-spread, spread)).clamp_max(-.01).masked_fill(valid.logical_not(), padding);
        var (old, sampler, teacher, reference, start) = (Near(.3), Near(.2), Near(1), Near(.5), Near(.7));
        return new TrainingBatch
        {
            Mask = valid,
            Group = tensor(groups),
            LogProbs = logProbs.requires_grad_(),
            OldLogProbs = offPolicy ? old : null,
            SamplerLogProbs = sampler,
            TeacherLogProbs = teacher,
            ReferenceLogProbs = reference,
            BaseLogProbs = start,
            Entropy = Values(.1, 2).requires_grad_(),
            Rewards = tensor(rewards),
            Correct = tensor(correct),
            Truncated = tensor(truncated),
            EndOfSequence = tensor(LastTokens(mask)),
        };
    }

    /// <summary>Loss and gradient of the whole step at once.</summary>
    public static (double Loss, Tensor Gradient) Whole(KdrlOptions options, TrainingBatch batch, long step = 0)
    {
        var result = new KdrlObjective(options).Evaluate(batch, step);
        return Differentiate(result.Loss, batch);
    }

    /// <summary>Loss and gradient through micro-batches of the given rows, each cut to its own width.</summary>
    public static (double Loss, Tensor Gradient) Split(KdrlOptions options, TrainingBatch batch, IEnumerable<long[]> parts, long step = 0)
    {
        using var prepared = new KdrlObjective(options).Prepare(batch, step);
        var total = zeros([], ScalarType.Float64);
        foreach (var part in parts)
        {
            var rows = tensor(part);
            var width = Math.Max(1, Width(batch.Mask[rows]));
            total += prepared.Evaluate(rows, batch.LogProbs![rows].narrow(1, 0, width), batch.Entropy![rows].narrow(1, 0, width)).Loss;
        }
        return Differentiate(total, batch);
    }

    /// <summary>Loss, gradient and metrics through chunks of single tokens, in any order; null where the loss is no sum over tokens.</summary>
    public static (double Loss, Tensor Gradient, Dictionary<string, double> Metrics)? Tokens(KdrlOptions options, TrainingBatch batch, int seed)
    {
        using var prepared = new KdrlObjective(options).Prepare(batch, 0);
        if (!prepared.IsSumOverTokens) return null;
        var tokens = batch.Mask.reshape(-1).nonzero().squeeze(-1).data<long>().ToArray();
        new Random(seed).Shuffle(tokens);
        var (total, metrics) = (zeros([], ScalarType.Float64), new Dictionary<string, double>());
        foreach (var chunk in tokens.Chunk(5))
        {
            var index = tensor(chunk);
            var result = prepared.EvaluateTokens(index, batch.LogProbs!.reshape(-1)[index], batch.Entropy!.reshape(-1)[index]);
            total += result.Loss;
            foreach (var (name, value) in result.ReadMetrics()) metrics[name] = metrics.GetValueOrDefault(name) + value;
        }
        var (loss, gradient) = tokens.Length == 0 ? (0, zeros([2, .. batch.Mask.shape], ScalarType.Float64)) : Differentiate(total, batch);
        return (loss, gradient, metrics);
    }

    private static (double Loss, Tensor Gradient) Differentiate(Tensor loss, TrainingBatch batch)
    {
        batch.LogProbs!.grad = null;
        batch.Entropy!.grad = null;
        loss.backward();
        var entropy = batch.Entropy.grad ?? zeros_like(batch.Entropy);
        return (loss.item<double>(), stack([batch.LogProbs.grad ?? zeros_like(batch.LogProbs), entropy]).clone());
    }

    private static long Width(Tensor mask) => (mask.to(ScalarType.Int64) * arange(1, mask.shape[1] + 1)).max().item<long>();

    private static bool[,] LastTokens(bool[,] mask)
    {
        var last = new bool[mask.GetLength(0), mask.GetLength(1)];
        for (var i = 0; i < mask.GetLength(0); i++)
        {
            var at = -1;
            for (var t = 0; t < mask.GetLength(1); t++)
                if (mask[i, t]) at = t;
            if (at >= 0) last[i, at] = true;
        }
        return last;
    }
}
