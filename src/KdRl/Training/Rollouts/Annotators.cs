using KdRl.Distillation;

namespace KdRl.Training;

/// <summary>The models whose opinion a step needs; null where it needs none.</summary>
internal sealed record Annotators(ITeacher? Teacher, ITeacher? Reference, ITeacher? Base);
