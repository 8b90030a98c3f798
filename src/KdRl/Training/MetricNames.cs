namespace KdRl.Training;

/// <summary>
/// Names of the numbers in <c>metrics.jsonl</c>, those of TRL where it has one. Beside these: what else the objective
/// measures, each part of the reward as <c>rewards/{part}/mean</c> and <c>/std</c> (n − 1), and evaluations under <c>eval_</c>.
/// </summary>
public static class MetricNames
{
    /// <summary>Mean score over all completions drawn, those dropped by dynamic sampling included.</summary>
    public const string Reward = "reward";

    /// <summary>Mean over the groups that train of the standard deviation (n − 1) of their scores.</summary>
    public const string RewardStd = "reward_std";

    /// <summary>Share of groups drawn whose scores are all equal, in [0,1].</summary>
    public const string ZeroStd = "frac_reward_zero_std";

    /// <summary>Share of right answers among completions with a verdict that train, in [0,1].</summary>
    public const string Accuracy = "accuracy";

    /// <summary>Completions that train without a score, whatever the reason.</summary>
    public const string Unscored = "unscored";

    /// <summary>Share of completions drawn whose scoring was killed at its deadline, in [0,1].</summary>
    public const string TimedOut = "faults/timed_out";

    /// <summary>Share of completions drawn whose scoring failed, in [0,1].</summary>
    public const string Failed = "faults/failed";

    /// <summary>The KL term of the reference before its coefficient, as the objective aggregates it; only with a reference.</summary>
    public const string Kl = "kl";

    /// <summary>Token mean of d = teacher − student log-prob in nats: minus the k1 estimate of the reverse KL to the teacher; only in steps that ask the teacher.</summary>
    public const string TeacherGap = "distillation/mean_d";

    /// <summary>Reverse KL to the teacher a token in nats, estimated by k3, which is never negative; only in steps that ask the teacher.</summary>
    public const string TeacherKl = "distillation/k3";

    /// <summary>Divergence from the teacher a token in nats, exact over the whole vocabulary; only where the teacher term compares over it.</summary>
    public const string TeacherDivergence = "distillation/divergence";

    /// <summary>Share of tokens that the teacher finds very unlikely: d &lt; −5.</summary>
    public const string TeacherFar = "distillation/far_share";

    /// <summary>Share of responses that are distilled, in [0,1].</summary>
    public const string TeacherShare = "distillation/gated_fraction";

    /// <summary>Entropy of the policy a token in nats.</summary>
    public const string Entropy = "entropy";

    /// <summary>The loss, mean over the step's updates; NaN when all were skipped.</summary>
    public const string Loss = "loss";

    /// <summary>What the model's own losses (<see cref="KdRl.Tensors.AuxiliaryLosses"/>) add to the loss, such as the balance loss of a mixture of experts; only with such a model.</summary>
    public const string AuxiliaryLoss = "aux_loss";

    /// <summary>Norm of the gradient before clipping, mean over the step's updates.</summary>
    public const string GradNorm = "grad_norm";

    /// <summary>Learning rate.</summary>
    public const string LearningRate = "learning_rate";

    /// <summary>Coefficient of the teacher term.</summary>
    public const string Beta = "beta";

    /// <summary>Mean completion tokens.</summary>
    public const string MeanLength = "completions/mean_length";

    /// <summary>Fewest completion tokens.</summary>
    public const string MinLength = "completions/min_length";

    /// <summary>Most completion tokens.</summary>
    public const string MaxLength = "completions/max_length";

    /// <summary>Mean tokens of completions that ended by themselves.</summary>
    public const string MeanTerminatedLength = "completions/mean_terminated_length";

    /// <summary>Share of completions cut at the length limit, in [0,1].</summary>
    public const string ClippedRatio = "completions/clipped_ratio";

    /// <summary>Mean |trainer − sampler| log-prob a token.</summary>
    public const string MismatchMean = "sampling/sampling_logp_difference/mean";

    /// <summary>Largest |trainer − sampler| log-prob.</summary>
    public const string MismatchMax = "sampling/sampling_logp_difference/max";

    /// <summary>Smallest exp(trainer − sampler log-prob) of a token.</summary>
    public const string RatioMin = "sampling/importance_sampling_ratio/min";

    /// <summary>Mean exp(trainer − sampler log-prob) of a token.</summary>
    public const string RatioMean = "sampling/importance_sampling_ratio/mean";

    /// <summary>Largest exp(trainer − sampler log-prob) of a token.</summary>
    public const string RatioMax = "sampling/importance_sampling_ratio/max";

    /// <summary>Rounds of dynamic sampling in the step.</summary>
    public const string RefillRounds = "sampling/refill_rounds";

    /// <summary>Completion tokens trained on since the run began.</summary>
    public const string NumTokens = "num_tokens";

    /// <summary>Updates skipped since the run began because loss or gradient was not finite.</summary>
    public const string SkippedUpdates = "skipped_updates";

    /// <summary>Optimiser updates since the run began.</summary>
    public const string PolicyVersion = "policy_version";

    /// <summary>Seconds of the step, evaluation and checkpoint left out.</summary>
    public const string StepTime = "step_time";

    /// <summary>Seconds until the last completion was drawn and scored.</summary>
    public const string GenerationTime = "timing_s/generation";

    /// <summary>Seconds for the log-probs of the other models.</summary>
    public const string TeacherTime = "timing_s/teacher";

    /// <summary>Seconds for forward, backward and optimiser.</summary>
    public const string UpdateTime = "timing_s/update";

    /// <summary>Seconds for the policy's log-probs; on an accelerator until the work is queued there.</summary>
    public const string ForwardTime = "timing_s/forward";

    /// <summary>Seconds for the gradient; on an accelerator until the work is queued there.</summary>
    public const string BackwardTime = "timing_s/backward";

    /// <summary>Completion tokens that train per second of <see cref="StepTime"/>.</summary>
    public const string TokensPerSecond = "tokens_per_second";
}
