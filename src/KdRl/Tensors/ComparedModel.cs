namespace KdRl.Tensors;

/// <summary>A model whose distributions are compared with another's (<see cref="TeacherHead"/>).</summary>
/// <param name="Model">The model.</param>
/// <param name="Temperature">Divides its logits.</param>
/// <param name="Beta">Which divergence: 1 the reverse KL, 0 the forward KL.</param>
internal readonly record struct ComparedModel(ICausalModel Model, double Temperature, double Beta);
