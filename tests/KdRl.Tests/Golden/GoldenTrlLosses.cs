using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Policy losses of TRL, and of Liger, which computes them from hidden states.</summary>
internal static class GoldenTrlLosses
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("trl/grpo_loss", r => GoldenResult.Of("loss", Loss(r, Tensors.Of(r)))),
        new("trl/gspo_token_loss", r => GoldenResult.Of("loss", Loss(r, Tensors.Of(r)))),
        new("trl/gmpo_loss", Gmpo),
        new("trl/rloo_loss", Rloo),
        new("liger/fused_linear_grpo", Liger),
    ];

    private sealed record Tensors(Tensor LogProbs, Tensor Old, Tensor Advantages, Tensor Mask, Tensor? Reference, Tensor? Weights, Tensor? Entropy)
    {
        public static Tensors Of(GoldenRecord r)
        {
            var lp = r.Floats("per_token_logps");
            var mask = r.Flags("completion_mask");
            if (r.Has("tool_mask")) mask = mask.logical_and(r.Flags("tool_mask"));
            return new Tensors(lp, r.FloatsOrNull("old_per_token_logps") ?? lp.detach(), r.Floats("advantages"), mask,
                r.FloatsOrNull("ref_per_token_logps"), r.FloatsOrNull("importance_sampling_ratio"), r.FloatsOrNull("entropies"));
        }
    }

    private static PolicyLossOptions Policy(GoldenRecord r)
    {
        var (low, high) = (r.Number("epsilon_low", 0.2), r.Number("epsilon_high", 0.2));
        var level = r.Text("importance_sampling_level", "token") switch
        {
            "sequence" => RatioLevel.Sequence, "sequence_token" => RatioLevel.SequenceToken, _ => RatioLevel.Token,
        };
        return r.Text("loss_type") switch
        {
            // TRL's upper bound is the number itself, ours 1 + h; it has no lower bound.
            "cispo" => new PolicyLossOptions { Kind = PolicyLossKind.Cispo, RatioLevel = level, ClipLow = 1, ClipHigh = high - 1 },
            "sapo" => new PolicyLossOptions
            {
                Kind = PolicyLossKind.Sapo, RatioLevel = level,
                SapoTauPositive = r.Number("sapo_temperature_pos", 1), SapoTauNegative = r.Number("sapo_temperature_neg", 1.05),
            },
            _ => new PolicyLossOptions { RatioLevel = level, ClipLow = low, ClipHigh = high, RatioCap = r.NumberOrNull("delta") },
        };
    }

    private static Tensor Loss(GoldenRecord r, Tensors x)
    {
        var perToken = PolicyLoss.PerToken(x.LogProbs, x.Old, x.Advantages, x.Mask, Policy(r));
        if (x.Weights is not null && r.Flag("use_vllm", true)) perToken = perToken * x.Weights;
        if (r.Number("beta", 0) != 0) perToken = perToken + r.Number("beta") * Penalty(r, x);
        var loss = Reduce(r, perToken, x.Mask);
        // The adaptive bonus rests while the entropy is above its target.
        var rests = r.Flag("use_adaptive_entropy") && r.Number("last_world_entropy") > r.Number("entropy_target");
        if (!r.Flag("entropy_bonus_enabled") || rests) return loss;
        var mean = LossAggregation.Aggregate(x.Entropy!, x.Mask, LossAggregation.TokenMean, Denominator(r, x.Mask));
        return loss - r.Number("entropy_coef") * mean / Accumulation(r);
    }

    private static Tensor Penalty(GoldenRecord r, Tensors x)
    {
        var ignored = x.Mask.logical_not();
        Tensor Clean(Tensor t) => t.masked_fill(ignored, 0);
        var options = new KlPenaltyOptions { ImportanceWeighted = r.Flag("use_bias_correction_kl") };
        return KlPenalty.Evaluate(Clean(x.LogProbs), Clean(x.Reference!), options, Clean(x.Old)).PerToken;
    }

    private static bool IsGlobal(GoldenRecord r) => r.Text("loss_type") is "dapo" or "cispo" or "vespo";

    private static double Accumulation(GoldenRecord r) => IsGlobal(r) ? 1 : r.Number("current_gradient_accumulation_steps", 1);

    /// <summary>TRL counts fully masked rows as rows.</summary>
    private static LossDenominator Denominator(GoldenRecord r, Tensor mask)
    {
        var tokens = mask.sum().item<long>();
        return new LossDenominator(IsGlobal(r) ? Math.Max(r.Number("num_items_in_batch", tokens), 1) : tokens, mask.shape[0], r.Number("max_completion_length", mask.shape[1]));
    }

    private static Tensor Reduce(GoldenRecord r, Tensor perToken, Tensor mask)
    {
        var mode = r.Text("loss_type") switch
        {
            "grpo" or "sapo" => LossAggregation.SequenceMeanOfTokenMeans,
            "dr_grpo" => LossAggregation.SequenceSumOverConstant,
            "luspo" => LossAggregation.SequenceMeanOfTokenSums,
            _ => LossAggregation.TokenMean,
        };
        return LossAggregation.Aggregate(perToken, mask, mode, Denominator(r, mask)) / Accumulation(r);
    }

    /// <summary>In TRL a fully masked row has ratio 1 and adds −A to the value; here it never counts.</summary>
    private static GoldenResult Gmpo(GoldenRecord r)
    {
        var x = Tensors.Of(r);
        var options = new PolicyLossOptions { Kind = PolicyLossKind.Gmpo, ClipLow = r.Number("epsilon_low"), ClipHigh = r.Number("epsilon_high") };
        var perToken = PolicyLoss.PerToken(x.LogProbs, x.Old, x.Advantages, x.Mask, options);
        if (r.Number("beta", 0) != 0) perToken = perToken + r.Number("beta") * Penalty(r, x);
        var rows = new LossDenominator(1, x.Mask.shape[0]);
        var loss = LossAggregation.Aggregate(perToken, x.Mask, LossAggregation.SequenceMeanOfTokenMeans, rows);
        var empty = x.Mask.any(1).logical_not();
        return GoldenResult.Of("loss", (loss - x.Advantages.masked_fill(empty.logical_not(), 0).sum() / x.Mask.shape[0]) / r.Number("current_gradient_accumulation_steps", 1));
    }

    /// <summary>The response as one token: its log-prob is the sum.</summary>
    private static GoldenResult Rloo(GoldenRecord r)
    {
        var mask = r.Flags("completion_mask");
        var whole = r.Floats("per_token_logps").masked_fill(mask.logical_not(), 0).sum(1, keepdim: true);
        var every = ones_like(whole).to(ScalarType.Bool);
        var options = new PolicyLossOptions { ClipLow = r.Number("epsilon_low"), ClipHigh = r.Number("epsilon_high") };
        var perToken = PolicyLoss.PerToken(whole, r.Floats("old_logps").unsqueeze(1), r.Floats("advantages"), every, options);
        return GoldenResult.Of("loss", LossAggregation.Aggregate(perToken, every, LossAggregation.TokenMean));
    }

    private static GoldenResult Liger(GoldenRecord r)
    {
        var logits = r.Floats("hidden").matmul(r.Floats("weight").t());
        if (r.Has("bias")) logits = logits + r.Floats("bias");
        var ids = r.Integers("selected_token_ids").unsqueeze(2);
        var lp = (logits / r.Number("temperature", 1)).log_softmax(2).gather(2, ids).squeeze(2);
        var x = new Tensors(lp, r.FloatsOrNull("old_per_token_logps") ?? lp.detach(), r.Floats("advantages"), r.Flags("mask"), r.FloatsOrNull("ref_per_token_logps"), r.FloatsOrNull("importance_sampling_ratio"), null);
        return GoldenResult.Of("loss", Loss(r, x));
    }
}
