using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Policy losses and their aggregation in verl.</summary>
internal static class GoldenPolicyLosses
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("verl/agg_loss", r => GoldenResult.Of("loss", VerlAggregation.Of(r).Aggregate(r.Floats("loss_mat"), r.Flags("loss_mask")))),
        new("verl/policy_loss_ppo_vanilla", r => Verl(r, VerlAggregation.Of(r), Vanilla(r))),
        new("verl/policy_loss_sapo", r => Verl(r, VerlAggregation.Of(r, "seq-mean-token-mean"), new PolicyLossOptions
        {
            Kind = PolicyLossKind.Sapo, SapoTauPositive = r.Number("tau_pos", 1), SapoTauNegative = r.Number("tau_neg", 1.05), LogRatioBound = 20,
        })),
        new("verl/policy_loss_cispo", r => Verl(r, VerlAggregation.Of(r), new PolicyLossOptions
        {
            Kind = PolicyLossKind.Cispo, ClipLow = r.Number("clip_ratio_low"), ClipHigh = r.Number("clip_ratio_high"), LogRatioBound = 20,
        })),
        new("verl/policy_loss_gpg", r => Verl(r, VerlAggregation.Of(r), new PolicyLossOptions { Kind = PolicyLossKind.Reinforce })),
        new("verl/policy_loss_reinforce", r => Verl(r, VerlAggregation.Of(r), new PolicyLossOptions { Kind = PolicyLossKind.Reinforce })),
        new("verl/policy_loss_gspo", r => Verl(r, VerlAggregation.Of(r, "seq-mean-token-mean"), new PolicyLossOptions
        {
            RatioLevel = RatioLevel.SequenceToken, ClipLow = r.Number("clip_ratio_low"), ClipHigh = r.Number("clip_ratio_high"),
        })),
        new("verl/policy_loss_geo_mean", GeoMean),
    ];

    public static PolicyLossOptions Vanilla(GoldenRecord r) => new()
    {
        ClipLow = r.Number("clip_ratio_low", r.Number("clip_ratio", 0.2)),
        ClipHigh = r.Number("clip_ratio_high", r.Number("clip_ratio", 0.2)),
        DualClip = r.NumberOrNull("clip_ratio_c"),
        LogRatioBound = 20,
    };

    private static GoldenResult Verl(GoldenRecord r, VerlAggregation aggregation, PolicyLossOptions options)
    {
        var mask = r.Flags("response_mask");
        var (lp, old) = (r.Floats("log_prob"), r.Has("old_log_prob") ? r.Floats("old_log_prob") : r.Floats("log_prob").detach());
        var loss = PolicyLoss.Evaluate(lp, old, r.Floats("advantages"), mask, options);
        var perToken = r.Has("rollout_is_weights") ? loss.PerToken * r.Floats("rollout_is_weights") : loss.PerToken;
        var result = GoldenResult.Of("loss", aggregation.Aggregate(perToken, mask));
        if (options is { Kind: PolicyLossKind.Clipped, RatioLevel: RatioLevel.Token })
        {
            result.Metrics["actor/pg_clipfrac"] = Share(loss.ClippedLow!.logical_or(loss.ClippedHigh!), mask);
            result.Metrics["actor/pg_clipfrac_lower"] = loss.DualClipped is null ? 0 : Share(loss.DualClipped, mask);
        }
        return result;
    }

    private static double Share(Tensor tokens, Tensor mask) => tokens.logical_and(mask).sum().item<long>() / (double)Math.Max(mask.sum().item<long>(), 1);

    /// <summary>
    /// verl averages over all rows of the micro-batch, and divides a row by n + 1e-8: row by row, with log-probs, bounds and
    /// advantage scaled by n / (n + 1e-8), that is our formula.
    /// </summary>
    private static GoldenResult GeoMean(GoldenRecord r)
    {
        var mask = r.Flags("response_mask");
        var factors = VerlAggregation.RowFactors(mask).data<double>().ToArray();
        var total = zeros([], ScalarType.Float64);
        for (var i = 0; i < factors.Length; i++)
        {
            var (row, f) = (tensor(new long[] { i }), factors[i]);
            var options = new PolicyLossOptions { Kind = PolicyLossKind.Gmpo, ClipLow = r.Number("clip_ratio_low") * f, ClipHigh = r.Number("clip_ratio_high") * f };
            var perToken = PolicyLoss.PerToken(r.Floats("log_prob")[row] * f, r.Floats("old_log_prob")[row] * f, r.Floats("advantages")[row] * f, mask[row], options);
            total += LossAggregation.Aggregate(perToken, mask[row], LossAggregation.SequenceMeanOfTokenMeans, new LossDenominator(1, factors.Length));
        }
        return GoldenResult.Of("loss", total);
    }
}
