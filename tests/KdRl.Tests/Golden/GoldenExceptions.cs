namespace KdRl.Tests.Golden;

/// <summary>The one table of what is not compared, each with its reason.</summary>
internal static class GoldenExceptions
{
    /// <summary>Functions without a counterpart here.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotOffered = new Dictionary<string, string>
    {
        ["verl/forward_kl_topk_joint"] = "the teacher's top k without tail, cut at zero, is not a divergence and drops its gradient where it is cut",
    };

    private const string NoTail = "a support without tail is refused: dropped or renormalised mass is not a divergence, and one renormalised token teaches nothing";

    /// <summary>Records of offered functions that we leave out on purpose.</summary>
    private static readonly (string Function, Func<GoldenRecord, bool> Applies, string Reason)[] Deliberate =
    [
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
