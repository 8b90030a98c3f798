using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

/// <summary>The batch of two prompts by two responses that reference values were derived for by hand.</summary>
internal static class ReferenceBatch
{
    public static Tensor LogProbs() => tensor(new[,] { { -1.0, -.5, -2.0 }, { -.7, -1.2, 0 }, { -.4, 0, 0 }, { -1.5, -.3, 0 } }, requires_grad: true);

    public static TrainingBatch Batch(Tensor logProbs) => new()
    {
        LogProbs = logProbs,
        TeacherLogProbs = tensor(new[,] { { -.5, -1.5, -2.0 }, { -1.0, -.2, 0 }, { -.9, 0, 0 }, { -.5, -.7, 0 } }),
        Mask = tensor(new[,] { { true, true, true }, { true, true, false }, { true, false, false }, { true, true, false } }),
        Group = tensor(new long[] { 0, 0, 1, 1 }),
        Rewards = tensor(new[] { 1.0, 0, 0, 0 }),
        Correct = tensor(new[] { 1f, 0, 0, 0 }),
    };

    public static KdrlOptions Options() => new()
    {
        Advantage = new AdvantageOptions { DegreesOfFreedom = 0, Epsilon = 0 },
        Distillation = new DistillationOptions { Term = new TeacherTermOptions { Coefficient = new CoefficientScheduleOptions { Start = .1 } } },
    };
}
