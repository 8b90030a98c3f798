namespace KdRl.Distillation;

/// <summary>Over which tokens the teacher is compared with the student at each position.</summary>
public enum TeacherSupport
{
    /// <summary>The sampled token alone: needs one teacher log-prob a token. KDRL's choice.</summary>
    SampledToken,

    /// <summary>The whole vocabulary: the exact divergence of <see cref="ReverseKl.Exact"/>, handed over a position at a time.</summary>
    FullVocabulary,

    /// <summary>K tokens and their tail: <see cref="TopKDivergence"/>, handed over a position at a time.</summary>
    TopKWithTail,
}
