using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>
/// Advantages from rewards that are compared within a group, computed in float64 with two-pass variances.
/// A reward that is NaN is no score: the row leaves mean, deviation and count, and gets 0. A group with fewer than two
/// scores, or with equal scores, gets exactly 0 under every group baseline.
/// </summary>
public static class GroupAdvantage
{
    /// <summary>Advantages of one reward.</summary>
    /// <param name="rewards">Rewards, <c>float [B]</c>, NaN where there is no score.</param>
    /// <param name="groups">Group of each row, <c>int64 [B]</c>: any numbers, in any order.</param>
    /// <param name="options">The estimator.</param>
    /// <param name="lengths">Valid tokens of each row, <c>[B]</c>; only for <see cref="AdvantageBaseline.LengthWeightedMean"/>.</param>
    /// <returns><c>[B]</c>, of the type and device of the rewards.</returns>
    /// <exception cref="ArgumentException">Shapes or types differ, the batch is empty, a reward is infinite, or lengths are missing or superfluous.</exception>
    public static Tensor Compute(Tensor rewards, Tensor groups, AdvantageOptions options, Tensor? lengths = null)
    {
        var result = Analyze(rewards, groups, options, lengths);
        result.Scored.Dispose();
        return result.Advantages;
    }

    /// <summary>As <see cref="Compute"/>, with the counts of dead groups and rows without a score.</summary>
    public static AdvantageResult Analyze(Tensor rewards, Tensor groups, AdvantageOptions options, Tensor? lengths = null)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(options);
        if (rewards.dim() != 1 || rewards.shape[0] == 0) throw TensorGuard.Shape(nameof(rewards), rewards, "[B] with B > 0");
        if (lengths is null == (options.Baseline == AdvantageBaseline.LengthWeightedMean))
            throw new ArgumentException($"lengths is {(lengths is null ? "missing" : "given")}, expected only with the LengthWeightedMean baseline.", nameof(lengths));
        var table = new RewardTable(Doubles(rewards, options), Keys(groups, rewards.shape[0]), lengths is null ? null : Lengths(lengths, rewards.shape[0]));
        var advantages = AdvantageEstimator.Compute(table, options);
        return new AdvantageResult
        {
            Advantages = Like(advantages, rewards),
            Scored = tensor(table.Scored, device: rewards.device),
            Groups = table.Groups.Count,
            DeadGroups = table.Groups.Count(table.IsDead),
            UnscoredRows = table.Scored.Count(s => !s),
        };
    }

    /// <summary>
    /// Advantages of several rewards (GDPO, arXiv 2601.05242): each reward is normalised by <paramref name="options"/>, the
    /// weighted sum is normalised over the batch: (S − mean) / (std + epsilon), of the same degrees of freedom and epsilon.
    /// </summary>
    /// <param name="rewards">Rewards, <c>float [B,K]</c>, NaN where there is no score; a row without any score gets 0 and stays out of the batch statistics.</param>
    /// <param name="groups">Group of each row, <c>int64 [B]</c>.</param>
    /// <param name="options">The estimator of each reward.</param>
    /// <param name="weights">Weight of each reward, K numbers; null: 1 each.</param>
    /// <returns><c>[B]</c>, of the type and device of the rewards.</returns>
    /// <exception cref="ArgumentException">As in <see cref="Compute"/>, or the number of weights is not K, or the baseline needs lengths.</exception>
    public static Tensor ComputeMulti(Tensor rewards, Tensor groups, AdvantageOptions options, IReadOnlyList<double>? weights = null)
    {
        var result = AnalyzeMulti(rewards, groups, options, weights);
        result.Scored.Dispose();
        return result.Advantages;
    }

    /// <summary>As <see cref="ComputeMulti"/>, with the counts; a group is dead when it is dead in every reward.</summary>
    public static AdvantageResult AnalyzeMulti(Tensor rewards, Tensor groups, AdvantageOptions options, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(options);
        if (rewards.dim() != 2 || rewards.shape[0] == 0 || rewards.shape[1] == 0) throw TensorGuard.Shape(nameof(rewards), rewards, "[B,K] with B, K > 0");
        if (options.Baseline == AdvantageBaseline.LengthWeightedMean)
            throw new ArgumentException("The LengthWeightedMean baseline compares whole responses; expected another baseline for several rewards.", nameof(options));
        var (rows, count) = ((int)rewards.shape[0], (int)rewards.shape[1]);
        if (weights is not null && weights.Count != count)
            throw new ArgumentException($"weights has {weights.Count} numbers, expected {count}, one a reward.", nameof(weights));
        var (values, keys) = (Doubles(rewards, options), Keys(groups, rows));
        var tables = Enumerable.Range(0, count)
            .Select(k => new RewardTable([.. Enumerable.Range(0, rows).Select(i => values[i * count + k])], keys, null)).ToArray();
        var scored = Enumerable.Range(0, rows).Select(i => tables.Any(t => t.Scored[i])).ToArray();
        var sums = new double[rows];
        for (var k = 0; k < count; k++)
        {
            var advantages = AdvantageEstimator.Compute(tables[k], options);
            for (var i = 0; i < rows; i++) sums[i] += (weights?[k] ?? 1) * advantages[i];
        }
        AdvantageEstimator.Standardise(sums, scored, options.DegreesOfFreedom, options.Epsilon);
        var groupCount = tables[0].Groups.Count;
        return new AdvantageResult
        {
            Advantages = Like(sums, rewards),
            Scored = tensor(scored, device: rewards.device),
            Groups = groupCount,
            DeadGroups = Enumerable.Range(0, groupCount).Count(g => tables.All(t => t.IsDead(t.Groups[g]))),
            UnscoredRows = scored.Count(s => !s),
        };
    }

    private static double[] Doubles(Tensor rewards, AdvantageOptions options)
    {
        if (!rewards.is_floating_point()) throw new ArgumentException($"rewards has type {rewards.dtype}, expected a floating type.", nameof(rewards));
        var values = Read(rewards);
        var bad = Array.FindIndex(values, double.IsInfinity);
        if (bad >= 0) throw new ArgumentException($"rewards holds {values[bad]} at position {bad}, expected a finite number, or NaN for no score.", nameof(rewards));
        var negative = options.Scale == AdvantageScale.GroupMean ? Array.FindIndex(values, v => v < 0) : -1;
        return negative < 0 ? values : throw new ArgumentException(
            $"rewards holds {values[negative]} at position {negative}, expected 0 or more: dividing by a negative group mean would turn the advantage round.", nameof(rewards));
    }

    private static double[] Lengths(Tensor lengths, long rows)
    {
        var values = Read(TensorGuard.Rows(lengths, rows));
        var bad = Array.FindIndex(values, v => !(v >= 0));
        return bad < 0 ? values : throw new ArgumentException($"lengths holds {values[bad]} at row {bad}, expected 0 or more.", nameof(lengths));
    }

    private static double[] Read(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.ToNumbers<double>();
    }

    private static long[] Keys(Tensor groups, long rows)
    {
        using var scope = NewDisposeScope();
        var keys = TensorGuard.Rows(groups, rows);
        if (!keys.is_integral()) throw new ArgumentException($"groups has type {keys.dtype}, expected int64.", nameof(groups));
        return keys.ToNumbers<long>();
    }

    private static Tensor Like(double[] values, Tensor rewards)
    {
        using var exact = tensor(values);
        return exact.to(rewards.dtype).to(rewards.device);
    }
}
