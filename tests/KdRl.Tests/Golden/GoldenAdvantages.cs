using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Advantages of a whole response from rewards that are compared within a group.</summary>
internal static class GoldenAdvantages
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("verl/advantage_grpo", r => Verl(r, Grpo(r), loneRowsDiffer: true)),
        new("verl/advantage_grpo_vectorized", r => Verl(r, Grpo(r), loneRowsDiffer: true)),
        new("verl/advantage_rloo", r => Verl(r, LeaveOneOut, loneRowsDiffer: true)),
        new("verl/advantage_rloo_vectorized", r => Verl(r, LeaveOneOut, loneRowsDiffer: false)),
        new("verl/advantage_opo", r => Verl(r, new AdvantageOptions { Baseline = AdvantageBaseline.LengthWeightedMean, Scale = AdvantageScale.None }, loneRowsDiffer: true)),
        new("verl/advantage_gpg", r => Verl(r, new AdvantageOptions { Scale = AdvantageScale.NonZeroShare }, loneRowsDiffer: true, 1 / r.Number("f_norm", 1))),
        new("verl/advantage_grpo_passk", r => Verl(r, PassAtK(r), loneRowsDiffer: true)),
        new("trl/group_advantage", Trl),
        new("trl/rloo_advantage", TrlLeaveOneOut),
        new("areal/normalization", Areal),
        new("tinker/group_centred_advantage", Centred),
    ];

    private static readonly AdvantageOptions LeaveOneOut = new() { Baseline = AdvantageBaseline.LeaveOneOut, Scale = AdvantageScale.None };

    private static AdvantageOptions Grpo(GoldenRecord r) => new()
    {
        Scale = r.Flag("norm_adv_by_std_in_grpo", true) ? AdvantageScale.GroupStd : AdvantageScale.None,
        Epsilon = r.Number("epsilon", 1e-6),
    };

    private static AdvantageOptions PassAtK(GoldenRecord r)
    {
        var options = Grpo(r);
        options.Baseline = AdvantageBaseline.SecondBest;
        return options;
    }

    private static GoldenResult Verl(GoldenRecord r, AdvantageOptions options, bool loneRowsDiffer, double factor = 1)
    {
        var (groups, mask) = (r.Integers("index"), r.Flags("response_mask"));
        var rewards = r.Floats("token_level_rewards").sum(1);
        var lengths = options.Baseline == AdvantageBaseline.LengthWeightedMean ? mask.sum(1) : null;
        var tokens = (GroupAdvantage.Compute(rewards, groups, options, lengths) * factor).unsqueeze(1) * mask;
        var result = GoldenResult.Of("advantages", tokens, loneRowsDiffer ? Lone(groups) : null);
        result.Outputs.Add("returns", tokens);
        return result;
    }

    /// <summary>Rows that are alone in their group: 0 here, their raw score in some peers.</summary>
    public static Tensor Lone(Tensor groups)
    {
        var keys = groups.data<long>().ToArray();
        return tensor(keys.Select(k => keys.Count(other => other == k) == 1).ToArray());
    }

    private static GoldenResult Trl(GoldenRecord r)
    {
        var (rewards, epsilon) = (r.Floats("rewards_per_func"), r.Number("epsilon", 1e-4));
        var groups = Consecutive(rewards.shape[0], (long)r.Number("num_generations"));
        var weights = Weights(r);
        if (r.Text("multi_objective_aggregation") == "normalize_then_sum")
            return GoldenResult.Of("advantages", GroupAdvantage.ComputeMulti(rewards, groups, new AdvantageOptions { Epsilon = epsilon }, weights));
        var summed = Sum(rewards, weights);
        var options = new AdvantageOptions
        {
            Scale = r.Text("scale_rewards") switch { "group" => AdvantageScale.GroupStd, "batch" => AdvantageScale.BatchStd, _ => AdvantageScale.None },
            Epsilon = epsilon,
        };
        return GoldenResult.Of("advantages", GroupAdvantage.Compute(summed, groups, options));
    }

    private static GoldenResult TrlLeaveOneOut(GoldenRecord r)
    {
        var summed = Sum(r.Floats("rewards_per_func"), Weights(r));
        if (r.Set("reward_clip_range"))
        {
            var range = r.Options.GetProperty("reward_clip_range");
            summed = summed.clamp(range[0].GetDouble(), range[1].GetDouble());
        }
        var groups = Consecutive(summed.shape[0], (long)r.Number("num_generations"));
        var advantages = r.Flag("normalize_advantages")
            ? GroupAdvantage.ComputeMulti(summed.unsqueeze(1), groups, new AdvantageOptions { Baseline = AdvantageBaseline.LeaveOneOut, Scale = AdvantageScale.None, Epsilon = 1e-4 })
            : GroupAdvantage.Compute(summed, groups, LeaveOneOut);
        return GoldenResult.Of("advantages", advantages);
    }

    private static GoldenResult Areal(GoldenRecord r)
    {
        var values = r.Floats("x");
        var options = new AdvantageOptions
        {
            Baseline = r.Text("mean_level") == "batch" ? AdvantageBaseline.BatchMean
                : r.Flag("mean_leave1out") ? AdvantageBaseline.LeaveOneOut : AdvantageBaseline.GroupMean,
            Scale = r.Text("std_level") switch { "group" => AdvantageScale.GroupStd, "batch" => AdvantageScale.BatchStd, _ => AdvantageScale.None },
            DegreesOfFreedom = r.Flag("std_unbiased", true) ? 1 : 0,
            Epsilon = r.Number("eps"),
        };
        var groups = r.Has("group_sizes")
            ? Ragged([.. r.Inputs.GetProperty("group_sizes").EnumerateArray().Select(e => e.GetInt64())])
            : Consecutive(values.shape[0], (long)r.Number("group_size"));
        return GoldenResult.Of("normalized", GroupAdvantage.Compute(values, groups, options));
    }

    private static GoldenResult Centred(GoldenRecord r)
    {
        var rows = r.Inputs.GetProperty("group_rewards").EnumerateArray().Select(g => g.EnumerateArray().Select(e => e.GetDouble()).ToArray()).ToArray();
        var expected = r.Outputs.GetProperty("advantages").EnumerateArray().SelectMany(g => g.EnumerateArray().Select(e => e.GetDouble())).ToArray();
        var found = GroupAdvantage.Compute(tensor(rows.SelectMany(g => g).ToArray()), Ragged([.. rows.Select(g => (long)g.Length)]), new AdvantageOptions { Scale = AdvantageScale.None });
        return new GoldenResult { Lists = { ["advantages"] = (found, expected) } };
    }

    private static Tensor Consecutive(long rows, long size) => arange(rows).div(size, RoundingMode.floor).to(ScalarType.Int64);

    private static Tensor Ragged(long[] sizes) => tensor(sizes.SelectMany((size, g) => Enumerable.Repeat((long)g, (int)size)).ToArray());

    private static double[] Weights(GoldenRecord r) => [.. r.Options.GetProperty("reward_weights").EnumerateArray().Select(e => e.GetDouble())];

    /// <summary>The weighted sum of the rewards that a row has; NaN when it has none.</summary>
    private static Tensor Sum(Tensor rewards, double[] weights) =>
        (rewards * tensor(weights)).nan_to_num(nan: 0).sum(1).masked_fill(rewards.isnan().all(1), double.NaN);
}
