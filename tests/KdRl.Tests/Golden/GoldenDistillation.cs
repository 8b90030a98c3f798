using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Teacher terms on sampled tokens, and KL penalties.</summary>
internal static class GoldenDistillation
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("verl/kl_penalty", Penalty),
        new("verl/kl_penalty_forward", Penalty),
        new("verl/distillation_loss", Verl),
        new("areal/distillation_loss", Areal),
        new("tinker/teacher_kl_in_advantage", TeacherInAdvantage),
        new("tinker/base_kl_in_advantage", BaseInAdvantage),
        new("trl/iw_opd_loss", IwOpdLoss),
    ];

    private static GoldenResult Penalty(GoldenRecord r) => GoldenResult.Of(
        "kl", KlPenalty.Evaluate(r.Floats("logprob"), r.Floats("ref_logprob"), GoldenJointLosses.Penalty(r.Text("kl_penalty"))).PerToken);

    /// <summary>verl's estimate, clamped once more, differentiated or detached into the clipped policy loss.</summary>
    private static GoldenResult Verl(GoldenRecord r)
    {
        var (mask, lp) = (r.Flags("response_mask"), r.Floats("log_probs"));
        var outside = mask.logical_not();
        var options = GoldenJointLosses.Penalty(r.Text("loss_mode"));
        if (r.NumberOrNull("loss_max_clamp") is { } clamp) options.ValueClamp = Math.Min(clamp, options.ValueClamp ?? clamp);
        var loss = KlPenalty.Evaluate(lp.masked_fill(outside, 0), r.Floats("teacher_logprobs").masked_fill(outside, 0), options).PerToken;
        if (r.Flag("use_policy_gradient"))
            loss = PolicyLoss.PerToken(lp, r.Floats("old_log_probs"), -loss.detach(), mask, new PolicyLossOptions { ClipLow = .2, ClipHigh = .2, DualClip = 3, LogRatioBound = 20 });
        return GoldenResult.Of("loss", VerlAggregation.Of(r).Aggregate(loss, mask));
    }

    /// <summary>AReaL's pure distillation: the detached difference as the advantage of an unclipped ratio.</summary>
    private static GoldenResult Areal(GoldenRecord r)
    {
        var (mask, lp) = (r.Flags("loss_mask"), r.Floats("logprobs"));
        var term = new TeacherTerm(new TeacherTermOptions { Estimator = KlEstimator.K1, Path = GradientPath.Advantage });
        var advantage = term.Evaluate(lp, r.Floats("teacher_logprobs"), mask).TokenAdvantage!;
        var ratio = (lp - r.Floats("old_logprobs")).masked_fill(mask.logical_not(), 0).exp();
        return GoldenResult.Of("loss", -r.Number("distill_loss_weight") * (ratio * advantage).sum() / mask.sum());
    }

    /// <summary>Compared on counted tokens: tinker lets its discounted sum leak into masked tokens.</summary>
    private static GoldenResult TeacherInAdvantage(GoldenRecord r)
    {
        var mask = r.Flags("mask");
        var d = TeacherReward.Difference(r.Floats("sampled_logprobs"), r.Floats("teacher_logprobs"), mask);
        var result = Counted(r, mask, r.Floats("advantages") + r.Number("kl_penalty_coef") * TeacherReward.DiscountedFutureSum(d, mask, r.Number("kl_discount_factor")));
        result.Metrics["teacher_kl"] = -d.to(ScalarType.Float64).sum().item<double>() / mask.sum().item<long>();
        return result;
    }

    private static GoldenResult BaseInAdvantage(GoldenRecord r)
    {
        var mask = r.Flags("mask");
        var d = TeacherReward.Difference(r.Floats("sampled_logprobs"), r.Floats("base_logprobs"), mask);
        var term = TeacherReward.DiscountedFutureSum(TeacherReward.Centre(d, mask), mask, r.Number("kl_discount_factor"));
        return Counted(r, mask, r.Floats("advantages") + r.Number("kl_penalty_coef") * term);
    }

    private static GoldenResult Counted(GoldenRecord r, Tensor mask, Tensor advantages)
    {
        var result = new GoldenResult();
        var expected = GoldenRecord.ToTensor(r.Outputs.GetProperty("advantages"))[mask];
        result.Lists.Add("advantages", (advantages[mask], expected.data<double>().ToArray()));
        return result;
    }

    private static GoldenResult IwOpdLoss(GoldenRecord r)
    {
        var mask = r.Integers("labels").ne(-100);
        var logProbs = (r.Floats("student_logits") / r.Number("temperature", 1)).log_softmax(-1);
        var lp = logProbs.gather(-1, r.Integers("completion_tokens").unsqueeze(-1)).squeeze(-1);
        var d = TeacherReward.Difference(r.FloatsOrNull("rollout_logprobs") ?? lp, r.Floats("teacher_actual_logprobs"), mask);
        var advantages = IwOpd.TokenAdvantages(d, mask, r.Number("iw_opd_gamma"), r.Number("iw_opd_epsilon"));
        return GoldenResult.Of("loss", -(advantages * lp).sum() / mask.sum());
    }
}
