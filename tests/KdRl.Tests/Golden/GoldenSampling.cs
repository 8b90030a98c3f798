using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Weights and rejections between sampler and trainer, and shaping of rewards by length.</summary>
internal static class GoldenSampling
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("verl/rollout_correction", Verl),
        new("trl/rollout_importance_ratio", Trl),
        new("areal/rejection_sampling", Areal),
        new("verl/overlong_penalty", r => Overlong(r, "shaped_rewards", "response_lengths", r.Number("max_resp_len"), r.Number("overlong_buffer_len"), r.Number("penalty_factor"), capped: false)),
        new("openrlhf/overlong_penalty", r => Overlong(r, "rewards", "response_length", r.Number("max_new_tokens"), r.Number("overlong_buffer_len"), r.Number("overlong_penalty_factor"), capped: true)),
        new("trl/soft_overlong_punishment", r => Overlong(r, "rewards", "completion_lengths", r.Number("max_completion_len"), r.Number("soft_punish_cache"), 1, capped: true)),
    ];

    private static GoldenResult Overlong(GoldenRecord r, string output, string lengths, double limit, double buffer, double factor, bool capped)
    {
        var penalty = SoftOverlong.Penalty(r.Floats(lengths), new SoftOverlongOptions { MaxLength = (int)limit, Buffer = (int)buffer, Factor = factor, Capped = capped });
        return GoldenResult.Of(output, r.Has("rewards") ? r.Floats("rewards") + penalty.to(r.Type) : penalty);
    }

    /// <summary>The bounds of "lo_hi", or of a single number c: up to c.</summary>
    private static (double Lower, double Upper)? Range(string threshold)
    {
        var parts = threshold.Split('_');
        return parts.Length == 2 ? (double.Parse(parts[0]), double.Parse(parts[1])) : null;
    }

    /// <summary>verl's rollout_is and its threshold.</summary>
    public static ImportanceOptions? Importance(GoldenRecord r)
    {
        if (!r.Set("rollout_is")) return null;
        var threshold = r.Text("rollout_is_threshold", "2.0");
        var range = Range(threshold);
        return new ImportanceOptions
        {
            Level = r.Text("rollout_is") == "token" ? ImportanceLevel.Token : ImportanceLevel.Sequence,
            Action = range is null ? ImportanceAction.Truncate : ImportanceAction.Mask,
            Lower = range?.Lower ?? 0,
            Upper = range?.Upper ?? double.Parse(threshold),
            BatchNormalise = r.Flag("rollout_is_batch_normalize"),
        };
    }

    /// <summary>verl's comma-separated rollout_rs and thresholds.</summary>
    public static IReadOnlyList<RejectionOptions> Rejections(GoldenRecord r)
    {
        if (!r.Set("rollout_rs")) return [];
        return [.. r.Text("rollout_rs").Split(',').Zip(r.Text("rollout_rs_threshold").Split(','), Rule)];
    }

    private static RejectionOptions Rule(string name, string threshold)
    {
        var statistic = name.Trim()[^2..] switch { "k1" => KlEstimator.K1, "k2" => KlEstimator.K2, _ => KlEstimator.K3 };
        var (range, k1) = (Range(threshold), statistic == KlEstimator.K1);
        var upper = range?.Upper ?? double.Parse(threshold);
        return new RejectionOptions
        {
            Statistic = statistic,
            Level = name.Trim()[..^3] switch
            {
                "token" => RejectionLevel.Token, "seq_sum" => RejectionLevel.SequenceSum, "seq_mean" => RejectionLevel.SequenceMean, _ => RejectionLevel.SequenceMax,
            },
            Upper = k1 ? Math.Log(upper) : upper,
            Lower = k1 ? Math.Log(range?.Lower ?? 1 / upper) : null,
        };
    }

    public static Tensor Keep(Tensor trainer, Tensor sampler, Tensor mask, IReadOnlyList<RejectionOptions> rules) =>
        rules.Aggregate(mask, (kept, rule) => kept.logical_and(Rejection.Keep(trainer, sampler, mask, rule)));

    private static GoldenResult Verl(GoldenRecord r)
    {
        var (old, sampler, mask) = (r.Floats("old_log_prob"), r.Floats("rollout_log_prob"), r.Flags("response_mask"));
        var result = GoldenResult.Of("modified_response_mask", Keep(old, sampler, mask, Rejections(r)));
        if (Importance(r) is not { } options) return result;
        var found = ImportanceCorrection.Compute(old, sampler, mask, options);
        result.Outputs.Add("rollout_is_weights", options.BatchNormalise ? found.Weights * NormaliserFactor(found.Weights, mask, options.Level) : found.Weights);
        if (options is { Action: ImportanceAction.Truncate, BatchNormalise: false }) result.Metrics["rollout_corr/rollout_is_eff_sample_size"] = found.EffectiveSampleSize;
        if (options is { Action: ImportanceAction.Truncate, Level: ImportanceLevel.Token, BatchNormalise: false }) result.Metrics["rollout_corr/rollout_is_mean"] = found.Mean;
        return result;
    }

    /// <summary>verl divides its means by n + 1e-8. Our weights have mean 1, so the reciprocal of their mean in verl's way is the factor between the two.</summary>
    private static double NormaliserFactor(Tensor weights, Tensor mask, ImportanceLevel level)
    {
        var mean = level == ImportanceLevel.Token
            ? weights.sum() / (mask.sum().to(ScalarType.Float64) + 1e-8)
            : (weights.sum(1) / (mask.sum(1).to(ScalarType.Float64) + 1e-8)).sum() / mask.any(1).sum();
        return 1 / mean.item<double>();
    }

    /// <summary>A masked token has ratio 1 in TRL's token modes, 0 here.</summary>
    private static GoldenResult Trl(GoldenRecord r)
    {
        var (old, sampler, mask) = (r.Floats("old_per_token_logps"), r.Floats("sampling_per_token_logps"), r.Flags("completion_mask"));
        var (token, truncate) = (r.Text("mode").StartsWith("token"), r.Text("mode").EndsWith("truncate"));
        var options = new ImportanceOptions
        {
            Level = token ? ImportanceLevel.Token : ImportanceLevel.Sequence,
            Action = truncate ? ImportanceAction.Truncate : ImportanceAction.Mask,
            Lower = r.Number("clip_min", 0),
            Upper = r.Number("clip_max", double.MaxValue),
            LogBound = 80,
        };
        var weights = ImportanceCorrection.Compute(old, sampler, mask, options).Weights;
        if (token) weights = where(mask, weights, ones_like(weights).clamp(options.Lower, Math.Min(options.Upper, 1e300)));
        else weights = weights.amax([1], keepdim: true);
        return GoldenResult.Of("importance_sampling_ratio", weights);
    }

    private static GoldenResult Areal(GoldenRecord r)
    {
        var mask = r.Flags("loss_mask");
        var (kept, weights) = ArealWeights(r.Floats("proximal_logprobs"), r.Floats("old_logprobs"), mask, r.Options);
        var result = GoldenResult.Of("loss_mask", kept);
        result.Outputs.Add("behave_imp_weight", weights);
        return result;
    }

    /// <summary>AReaL's mask after rejection, and its weights: of the ratio itself bounded, else of the kept tokens without bounds.</summary>
    public static (Tensor Kept, Tensor Weights) ArealWeights(Tensor trainer, Tensor sampler, Tensor mask, System.Text.Json.JsonElement options)
    {
        string Text(string name) => options.TryGetProperty(name, out var v) && v.ValueKind == System.Text.Json.JsonValueKind.String ? v.GetString()! : "";
        double? Number(string name) => options.TryGetProperty(name, out var v) && v.ValueKind == System.Text.Json.JsonValueKind.Number ? v.GetDouble() : null;
        var (token, metric) = (Text("level") == "token", Text("metric"));
        var unbounded = new ImportanceOptions { Upper = double.MaxValue, LogBound = 80 };
        if (metric == "ratio")
        {
            var bounded = new ImportanceOptions
            {
                Level = token ? ImportanceLevel.Token : Text("agg") == "sum" ? ImportanceLevel.Sequence : ImportanceLevel.SequenceMean,
                Action = Text("action") == "clamp" ? ImportanceAction.Truncate : ImportanceAction.Mask,
                Lower = Number("lower") ?? 0, Upper = Number("upper") ?? double.MaxValue, LogBound = 80,
            };
            var weights = ImportanceCorrection.Compute(trainer, sampler, mask, bounded).Weights;
            return (bounded.Action == ImportanceAction.Mask ? weights.ne(0).logical_and(mask) : mask, weights);
        }
        var rule = new RejectionOptions
        {
            Statistic = metric switch { "kl_k1" => KlEstimator.K1, "kl_k2" => KlEstimator.K2, _ => KlEstimator.K3 },
            Level = token ? RejectionLevel.Token
                : Text("agg") switch { "sum" => RejectionLevel.SequenceSum, "max" => RejectionLevel.SequenceMax, _ => RejectionLevel.SequenceMean },
            Upper = Number("upper"),
            Lower = Number("lower"),
        };
        var kept = Rejection.Keep(trainer, sampler, mask, rule);
        return (kept, ImportanceCorrection.Compute(trainer, sampler, mask, unbounded).Weights.masked_fill(kept.logical_not(), 0));
    }
}
