using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>What the head's kernel compares the student with; all without gradient, each null where it is not asked for.</summary>
/// <param name="Settings">How it works, and which rows it gives.</param>
/// <param name="Targets">Tokens whose log-probs are wanted, <c>int64 [N]</c>.</param>
/// <param name="TeacherHidden">Hidden states of the teacher at the same tokens, <c>[N,H']</c>.</param>
/// <param name="TeacherWeight">Head of the teacher, <c>[V,H']</c>.</param>
internal sealed record HeadInputs(HeadSettings Settings, Tensor? Targets, Tensor? TeacherHidden, Tensor? TeacherWeight)
{
    /// <summary>Those that are there, in a fixed order.</summary>
    public IEnumerable<Tensor> Tensors => new[] { Targets, TeacherHidden, TeacherWeight }.OfType<Tensor>();

    /// <summary>The same inputs from tensors in the order of <see cref="Tensors"/>.</summary>
    public static HeadInputs Of(HeadSettings settings, IReadOnlyList<Tensor> tensors) => new(
        settings, settings.WithTargets ? tensors[0] : null, settings.WithTeacher ? tensors[^2] : null, settings.WithTeacher ? tensors[^1] : null);
}
