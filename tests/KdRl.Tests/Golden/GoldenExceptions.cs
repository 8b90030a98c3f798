namespace KdRl.Tests.Golden;

/// <summary>
/// The one table of what is not compared, each with its reason. Rows that are alone in their group are a deviation too: some peers
/// leave them their raw score, here they get 0; <see cref="GoldenResult.ZeroRows"/> asserts that, and compares the others.
/// </summary>
internal static class GoldenExceptions
{
    /// <summary>Functions without a counterpart here.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotOffered = new Dictionary<string, string>
    {
        ["verl/advantage_gae"] = "no value model",
        ["verl/value_loss"] = "no value model",
        ["verl/advantage_tir_optimal_token_baseline"] = "baselines are per response, not per token",
        ["verl/compute_rewards"] = "the reference KL is a term of the loss, not of the reward",
        ["verl/kl_in_reward"] = "the reference KL is a term of the loss, not of the reward",
        ["openrlhf/compute_reward"] = "the reference KL is a term of the loss, not of the reward",
        ["openrlhf/advantages_and_returns"] = "mixes the reference KL into the reward, and returns values outside the mask",
        ["openrlhf/masked_normalize"] = "whitening is over the tokens of a step, not of a row",
        ["openrlhf/stop_properly_penalty"] = "truncated answers are masked, or punished by length",
        ["verl/policy_loss_dppo_tv"] = "no such loss",
        ["verl/policy_loss_dppo_kl"] = "no such loss",
        ["verl/policy_loss_clip_cov"] = "no such loss",
        ["verl/policy_loss_kl_cov"] = "no such loss",
        ["verl/policy_loss_dro"] = "no such loss",
        ["trl/vespo_gamma_weights"] = "no such loss",
        ["trl/off_policy_sequence_mask"] = "sequences are rejected by the disagreement of sampler and trainer, whatever their advantage",
        ["trl/high_entropy_mask"] = "no selection of tokens by entropy",
        ["areal/m2po_mask"] = "no selection by the second moment of the ratio",
        ["areal/binary_kl_divergence"] = "no two-outcome divergence of the sampled token",
        ["tinker/kl_sample_train"] = "the disagreement of sampler and trainer is logged with other numbers",
        ["trl/repetition_penalty"] = "no reward is an objective; repetition counts belong to the rewards",
        ["verl/get_response_mask"] = "masks come from rollouts, which know their length",
        ["verl/masked_mean"] = "a helper; its mean is LossAggregation.TokenMean",
        ["verl/logprobs_from_logits"] = "log-probs come from hidden states, never from the logits of a batch",
        ["trl/selective_log_softmax"] = "log-probs come from hidden states, never from the logits of a batch",
        ["trl/entropy_from_logits"] = "entropies come from hidden states, never from the logits of a batch",
        ["verl/forward_kl_topk_joint"] = "the teacher's top k without tail, cut at zero, is not a divergence and drops its gradient where it is cut",
    };

    private const string NoTail = "a support without tail is refused: dropped or renormalised mass is not a divergence, and one renormalised token teaches nothing";

    /// <summary>Records of offered functions that we leave out on purpose.</summary>
    private static readonly (string Function, Func<GoldenRecord, bool> Applies, string Reason)[] Deliberate =
    [
        ("verl/ppo_total_loss", r => r.Options.GetProperty("actor").TryGetProperty("kl_loss_type", out var kind) && kind.GetString() is ("k1" or "kl" or "abs"),
            "negative control: K1 differentiated has zero expected gradient, and |d| that of no divergence; refused by KlPenaltyOptions"),
        ("trl/grpo_loss", r => r.Text("loss_type") == "vespo", "no such loss"),
        ("trl/grpo_loss", r => r.Set("off_policy_mask_threshold"), "sequences are rejected whatever their advantage"),
        ("trl/grpo_loss", r => r.Number("top_entropy_quantile", 1) < 1, "no selection of tokens by entropy"),
        ("verl/kdrl_joint", r => r.Flag("use_policy_gradient") && r.Text("loss_mode") is not ("k1" or "kl"),
            "negative control: an advantage from K2 or K3 is not the reverse-KL gradient; refused by TeacherTermOptions"),
        ("verl/kdrl_joint", r => !r.Flag("use_policy_gradient") && r.Set("loss_max_clamp"),
            "a differentiated estimate that is cut loses the gradient of just the tokens that need it; refused by TeacherTermOptions"),
        ("verl/kdrl_joint", r => !r.Flag("use_policy_gradient") && r.Text("loss_mode") is ("k1" or "kl" or "abs"),
            "negative control: K1 differentiated has zero expected gradient, and |d| that of no divergence; refused by TeacherTermOptions"),
        ("areal/distillation_loss", r => r.Number("rl_loss_weight") != 0,
            "negative control: the joint branch differentiates K1, whose expected teacher gradient is zero; refused by TeacherTermOptions"),
        ("trl/topk_jsd_loss", r => !r.Flag("add_tail"), NoTail),
        ("trl/sdft_topk_loss", r => !r.Flag("distillation_add_tail"), NoTail),
        ("trl/server_topk_forward_kl", r => !r.Flag("loss_add_tail"), NoTail),
        ("trl/server_top1_divergence", r => !r.Flag("loss_add_tail"), NoTail),
        ("verl/forward_kl_topk", r => r.Set("log_prob_min_clamp"), "log-probs floored one by one are not normalised: no divergence"),
        ("verl/forward_kl_topk", r => r.Inputs.GetProperty("teacher_topk_ids")[0].GetArrayLength() < r.Inputs.GetProperty("student_logits")[0].GetArrayLength(),
            "a sum over the teacher's top k without tail is not a divergence: it can be negative; TopKDivergence adds the tail"),
    ];

    /// <summary>Why a record is not compared; null when it is.</summary>
    public static string? Reason(GoldenRecord record) =>
        NotOffered.GetValueOrDefault(record.Function) ?? Deliberate.FirstOrDefault(d => d.Function == record.Function && d.Applies(record)).Reason;
}
