using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>
/// Everything an objective needs to know of the responses of one optimiser step, right-padded; column t belongs to token t.
/// Tensors belong to the caller. What lies outside the mask never matters, NaN and infinities included.
/// </summary>
public sealed class TrainingBatch
{
    /// <summary>True on the completion tokens that train, <c>bool [B,T]</c>.</summary>
    public required Tensor Mask { get; init; }

    /// <summary>Group (prompt) of each row, <c>int64 [B]</c>; any numbers, equal within a group.</summary>
    public required Tensor Group { get; init; }

    /// <summary>Token ids, <c>int64 [B,T]</c>; null when the caller computes the log-probs itself.</summary>
    public Tensor? Ids { get; init; }

    /// <summary>
    /// Log-probs under the policy that is being trained, <c>float [B,T]</c>, with gradient. Null in a batch that is only
    /// prepared and then evaluated in micro-batches.
    /// </summary>
    public Tensor? LogProbs { get; init; }

    /// <summary>Log-probs under the policy at the start of the step, <c>float [B,T]</c>; null: strictly on-policy, the ratio is 1.</summary>
    public Tensor? OldLogProbs { get; init; }

    /// <summary>Log-probs that the sampler reported, <c>float [B,T]</c>; null: not corrected for.</summary>
    public Tensor? SamplerLogProbs { get; init; }

    /// <summary>Ready importance weights, <c>float [B,T]</c>, on the policy loss; used instead of computing them. Null: computed, if so configured.</summary>
    public Tensor? ImportanceWeights { get; init; }

    /// <summary>Log-probs under the teacher, <c>float [B,T]</c>; null: no teacher.</summary>
    public Tensor? TeacherLogProbs { get; init; }

    /// <summary>
    /// Divergence between student and teacher at each token, <c>float [B,T]</c>, with gradient, where the teacher is compared over more than
    /// the sampled token (<see cref="Distillation.TeacherSupport"/>); null otherwise, and in a batch that is only prepared.
    /// </summary>
    public Tensor? TeacherDivergence { get; init; }

    /// <summary>Log-probs under the reference model, <c>float [B,T]</c>; null: no reference.</summary>
    public Tensor? ReferenceLogProbs { get; init; }

    /// <summary>Log-probs under the base model of reward extrapolation, <c>float [B,T]</c>; null: none.</summary>
    public Tensor? BaseLogProbs { get; init; }

    /// <summary>Entropy of the policy at each token in nats, <c>float [B,T]</c>, with gradient; null: no entropy term.</summary>
    public Tensor? Entropy { get; init; }

    /// <summary>Score of each row, <c>float [B]</c>, NaN where there is none; null: no reward (pure distillation).</summary>
    public Tensor? Rewards { get; init; }

    /// <summary>Scores of several rewards, <c>float [B,K]</c>, NaN where there is none; used by GDPO instead of <see cref="Rewards"/>.</summary>
    public Tensor? RewardComponents { get; init; }

    /// <summary>The verifier's verdict, <c>float [B]</c>: 1 right, 0 wrong, NaN unknown; null: all unknown.</summary>
    public Tensor? Correct { get; init; }

    /// <summary>Ready advantages, <c>float [B]</c> or <c>[B,T]</c>, used instead of computing them from rewards; null: computed.</summary>
    public Tensor? Advantages { get; init; }

    /// <summary>True where the completion was cut at the length limit, <c>bool [B]</c>; null: none was.</summary>
    public Tensor? Truncated { get; init; }

    /// <summary>True on end-of-sequence tokens, <c>bool [B,T]</c>; needed only when they are kept out of the teacher term.</summary>
    public Tensor? EndOfSequence { get; init; }
}
