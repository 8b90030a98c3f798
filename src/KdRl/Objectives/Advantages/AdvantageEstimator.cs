namespace KdRl.Objectives;

/// <summary>The arithmetic of <see cref="GroupAdvantage"/>.</summary>
internal static class AdvantageEstimator
{
    public static double[] Compute(RewardTable table, AdvantageOptions options)
    {
        var all = table.Groups.SelectMany(g => g).ToList();
        table.Order(all);
        var batchMean = table.Mean(all);
        var batchScale = options.Scale switch
        {
            AdvantageScale.BatchStd => Deviation(table.Rewards, all, options.DegreesOfFreedom) + options.Epsilon,
            AdvantageScale.NonZeroShare => Math.Max(all.Count(i => table.Rewards[i] != 0), 1) / (double)Math.Max(all.Count, 1),
            _ => 1,
        };
        var advantages = new double[table.Rewards.Length];
        var batchIsConstant = options.Baseline == AdvantageBaseline.BatchMean && all.TrueForAll(i => table.Rewards[i] == table.Rewards[all[0]]);
        foreach (var rows in table.Groups)
        {
            // Under the batch mean a constant group still carries signal, unless its own deviation, 0, is to divide it.
            var comparesWithinGroup = options.Baseline != AdvantageBaseline.BatchMean || options.Scale == AdvantageScale.GroupStd;
            if (comparesWithinGroup ? table.IsDead(rows) : batchIsConstant) continue;
            Centre(table, rows, options.Baseline, batchMean, advantages);
            var scale = options.Scale switch
            {
                AdvantageScale.GroupStd => Deviation(table.Rewards, rows, options.DegreesOfFreedom) + options.Epsilon,
                AdvantageScale.GroupMean => table.Mean(rows),
                _ => batchScale,
            };
            foreach (var i in rows) advantages[i] = scale == 0 ? 0 : advantages[i] / scale;
        }
        return advantages;
    }

    /// <summary>(x − mean) / (std + epsilon) over the scored rows, in place; equal numbers become 0.</summary>
    public static void Standardise(double[] values, bool[] scored, int degreesOfFreedom, double epsilon)
    {
        var rows = Enumerable.Range(0, values.Length).Where(i => scored[i]).OrderBy(i => values[i]).ToList();
        var constant = rows.TrueForAll(i => values[i] == values[rows[0]]);
        var mean = rows.Count == 0 ? 0 : rows.Sum(i => values[i]) / rows.Count;
        var scale = constant ? 1 : Deviation(values, rows, degreesOfFreedom) + epsilon;
        for (var i = 0; i < values.Length; i++) values[i] = constant || !scored[i] ? 0 : (values[i] - mean) / scale;
    }

    private static void Centre(RewardTable table, List<int> rows, AdvantageBaseline baseline, double batchMean, double[] advantages)
    {
        switch (baseline)
        {
            case AdvantageBaseline.SecondBest:
                var ordered = rows.OrderByDescending(i => table.Rewards[i]).Take(2).ToArray();
                advantages[ordered[0]] = table.Rewards[ordered[0]] - table.Rewards[ordered[1]];
                return;
            case AdvantageBaseline.LeaveOneOut:
                var mean = table.Mean(rows);
                foreach (var i in rows) advantages[i] = (table.Rewards[i] - mean) * rows.Count / (rows.Count - 1);
                return;
            default:
                var centre = baseline switch
                {
                    AdvantageBaseline.BatchMean => batchMean,
                    AdvantageBaseline.LengthWeightedMean => LengthWeightedMean(table, rows),
                    _ => table.Mean(rows),
                };
                foreach (var i in rows) advantages[i] = table.Rewards[i] - centre;
                return;
        }
    }

    private static double LengthWeightedMean(RewardTable table, List<int> rows)
    {
        var total = rows.Sum(i => table.Lengths![i]);
        return total > 0 ? rows.Sum(i => table.Lengths![i] * table.Rewards[i]) / total : table.Mean(rows);
    }

    /// <summary>Two passes: the difference of mean squares would cancel for nearly equal rewards.</summary>
    private static double Deviation(double[] values, List<int> rows, int degreesOfFreedom)
    {
        if (rows.Count <= degreesOfFreedom) return 0;
        var mean = rows.Sum(i => values[i]) / rows.Count;
        return Math.Sqrt(rows.Sum(i => (values[i] - mean) * (values[i] - mean)) / (rows.Count - degreesOfFreedom));
    }
}
