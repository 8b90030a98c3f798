namespace KdRl.Tensors;

/// <summary>What <see cref="HeadRow"/> finds out about a token.</summary>
/// <param name="Normaliser">log Σ exp(z / τ) of the student.</param>
/// <param name="TeacherNormaliser">The same of the teacher; 0 without one.</param>
/// <param name="Lead">Σ p a of <see cref="HeadDivergence"/>: for β = 1 the divergence itself, for β = 0 not needed and 0.</param>
/// <param name="Entropy">H.</param>
/// <param name="Divergence">D; 0 without a teacher.</param>
internal readonly record struct HeadRowScores(float Normaliser, float TeacherNormaliser, float Lead, float Entropy, float Divergence);
