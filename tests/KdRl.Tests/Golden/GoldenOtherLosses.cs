using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Policy losses of OpenRLHF and AReaL, and verl's losses straight on the sampler's log-probs.</summary>
internal static class GoldenOtherLosses
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("openrlhf/policy_loss", OpenRlhf),
        new("areal/ppo_actor_loss", Areal),
        new("areal/sapo_loss", ArealSapo),
        new("verl/policy_loss_bypass_mode", Bypass),
    ];

    private static GoldenResult OpenRlhf(GoldenRecord r)
    {
        var (lp, old, mask) = (r.Floats("log_probs"), r.Floats("old_log_probs"), r.Flags("action_mask"));
        var sequence = r.Text("policy_loss_type", "ppo") == "gspo";
        var options = new PolicyLossOptions
        {
            RatioLevel = sequence ? RatioLevel.Sequence : RatioLevel.Token,
            ClipLow = r.Number("clip_eps_low"), ClipHigh = r.Number("clip_eps_high"), DualClip = r.NumberOrNull("dual_clip"), LogRatioBound = 20,
        };
        var perToken = PolicyLoss.PerToken(lp, old, r.Floats("advantages"), mask, options);
        if (r.Flag("enable_vllm_is_correction")) perToken = perToken * Weights(r, old, mask);
        var local = LossDenominator.Of(mask);
        var (ranks, rows) = (r.Number("dp_size", 1), r.NumberOrNull("global_batch_size"));
        // gspo is always a mean of row means there.
        var byToken = r.Flag("token_level_loss", true) && !sequence;
        var loss = byToken
            ? LossAggregation.Aggregate(perToken, mask, LossAggregation.TokenMean, local with { Tokens = r.Number("batch_num_tokens", local.Tokens) })
            : LossAggregation.Aggregate(perToken * VerlAggregation.RowFactors(mask).unsqueeze(1), mask, LossAggregation.SequenceMeanOfTokenMeans, local with { Sequences = rows ?? mask.shape[0] });
        return GoldenResult.Of("loss", loss * ranks);
    }

    private static Tensor Weights(GoldenRecord r, Tensor old, Tensor mask)
    {
        var bounds = r.Options.GetProperty("vllm_is_truncated_threshold");
        var (sampler, kind) = (r.Floats("rollout_log_probs"), r.Text("vllm_is_correction_type"));
        var options = new ImportanceOptions { Lower = bounds[0].GetDouble(), Upper = bounds[1].GetDouble(), LogBound = 80 };
        if (kind == "tis") return ImportanceCorrection.Compute(old, sampler, mask, options).Weights;
        options.Action = ImportanceAction.Mask;
        if (kind == "icepop") return ImportanceCorrection.Compute(old, sampler, mask, options).Weights;
        // seq-mask-tis: the sequence decides, the token's own weight stays without bounds.
        options.Level = ImportanceLevel.SequenceMean;
        var kept = ImportanceCorrection.Compute(old, sampler, mask, options).Weights.ne(0);
        return ImportanceCorrection.Compute(old, sampler, mask, new ImportanceOptions { Upper = double.MaxValue, LogBound = 80 }).Weights * kept;
    }

    private static GoldenResult Areal(GoldenRecord r)
    {
        var (lp, proximal, mask) = (r.Floats("logprobs"), r.Floats("proximal_logprobs"), r.Flags("loss_mask"));
        var sequence = r.Text("importance_sampling_level", "token") == "sequence";
        var options = new PolicyLossOptions
        {
            RatioLevel = sequence ? RatioLevel.Sequence : RatioLevel.Token,
            ClipLow = r.Number("eps_clip"), ClipHigh = r.Number("eps_clip_higher", r.Number("eps_clip")), DualClip = r.NumberOrNull("c_clip"),
        };
        var advantages = sequence ? RowMean(r.Floats("advantages"), mask) : r.Floats("advantages");
        var perToken = PolicyLoss.PerToken(lp, proximal, advantages, mask, options);
        if (r.Set("rejection_sampling")) perToken = perToken * GoldenSampling.ArealWeights(proximal, r.Floats("old_logprobs"), mask, r.Options.GetProperty("rejection_sampling")).Weights;
        return GoldenResult.Of("loss", LossAggregation.Aggregate(perToken, mask, LossAggregation.TokenMean));
    }

    private static Tensor RowMean(Tensor values, Tensor mask) =>
        values.masked_fill(mask.logical_not(), 0).sum(1) / mask.sum(1).clamp_min(1);

    private static GoldenResult ArealSapo(GoldenRecord r)
    {
        var mask = r.Flags("loss_mask");
        var sequence = r.Text("importance_sampling_level", "token") == "sequence";
        var advantages = sequence ? RowMean(r.Floats("advantages"), mask) : r.Floats("advantages");
        var perToken = PolicyLoss.PerToken(r.Floats("logprobs"), r.Floats("old_logprobs"), advantages, mask, new PolicyLossOptions
        {
            Kind = PolicyLossKind.Sapo, RatioLevel = sequence ? RatioLevel.Sequence : RatioLevel.Token,
            SapoTauPositive = r.Number("tau_pos"), SapoTauNegative = r.Number("tau_neg"),
        });
        return GoldenResult.Of("loss", LossAggregation.Aggregate(perToken, mask, LossAggregation.TokenMean));
    }

    /// <summary>The old log-probs are the sampler's; verl's denominator counts what the rejection keeps.</summary>
    private static GoldenResult Bypass(GoldenRecord r)
    {
        var (lp, sampler, mask) = (r.Floats("log_prob"), r.Floats("old_log_prob"), r.Flags("response_mask"));
        var kept = GoldenSampling.Keep(lp, sampler, mask, GoldenSampling.Rejections(r));
        var reinforce = r.Text("loss_type") == "reinforce";
        var options = reinforce ? new PolicyLossOptions { Kind = PolicyLossKind.Reinforce } : GoldenPolicyLosses.Vanilla(r);
        var perToken = PolicyLoss.PerToken(lp, sampler, r.Floats("advantages"), kept, options);
        if (reinforce && GoldenSampling.Importance(r) is { } importance) perToken = perToken * ImportanceCorrection.Compute(lp, sampler, mask, importance).Weights;
        return GoldenResult.Of("loss", VerlAggregation.Of(r).Aggregate(perToken, kept));
    }
}
