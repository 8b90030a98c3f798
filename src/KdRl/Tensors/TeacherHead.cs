using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>A teacher's whole distribution q at some tokens, before its logits are formed, and how it is compared with the student's p.</summary>
/// <param name="Hidden">Hidden states of the teacher at the student's tokens, <c>[N,H']</c>.</param>
/// <param name="Weight">Output head over the student's vocabulary, <c>[V,H']</c>, of the teacher's dtype.</param>
/// <param name="Temperature">Divides the teacher's logits; positive.</param>
/// <param name="Beta">
/// 1: reverse KL, KL(p‖q). 0: forward KL, KL(q‖p). Between: the generalised Jensen-Shannon divergence β KL(q‖m) + (1 − β) KL(p‖m)
/// with m = (1 − β) p + β q (GKD, arXiv 2306.13649, with the β of its widely used implementations).
/// </param>
public readonly record struct TeacherHead(Tensor Hidden, Tensor Weight, double Temperature = 1, double Beta = 1);
