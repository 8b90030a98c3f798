using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>The teacher of some responses, compared over more than the sampled token (<see cref="Distillation.TeacherSupport"/>).</summary>
/// <param name="PerToken">Divergence between student and teacher at each token in nats, <c>float [B,T]</c>, with gradient through the student.</param>
/// <param name="LogProbs">The teacher's log-probs of the sampled tokens, <c>float [B,T]</c>, only logged; null: not logged.</param>
public readonly record struct TeacherDivergence(Tensor PerToken, Tensor? LogProbs = null);
