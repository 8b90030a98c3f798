using FsCheck.Xunit;
using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Gates;

[Collection("torch")]
public class DistillationGateTests
{
    [Theory]
    [InlineData(DistillationGateKind.None, new[] { 1f, 1, 1, 1 })]
    [InlineData(DistillationGateKind.WrongResponses, new[] { 0f, 1, 1, 1 })]
    [InlineData(DistillationGateKind.UnsolvedGroups, new[] { 0f, 0, 1, 1 })]
    [InlineData(DistillationGateKind.CorrectResponses, new[] { 1f, 0, 0, 0 })]
    [InlineData(DistillationGateKind.PassRate, new[] { 1f, 1, 0, 0 })]
    public void Weights_OneSolvedOneUnsolvedGroup_AreThePapers(DistillationGateKind kind, float[] expected)
    {
        using var scope = NewDisposeScope();
        var weights = DistillationGate.Create(kind).Weights(View([1, 0, 0, 0], [7, 7, -3, -3]));
        Assert.Equal(ScalarType.Float32, weights.dtype);
        Assert.Equal(expected, weights.data<float>().ToArray());
    }

    [Theory]
    [InlineData(DistillationGateKind.None, new[] { 1f, 1, 1, 1, 1, 1 })]
    [InlineData(DistillationGateKind.WrongResponses, new[] { 0f, 1, 1, 0, 0, 0 })]
    [InlineData(DistillationGateKind.UnsolvedGroups, new[] { 0f, 0, 0, 0, 0, 0 })]
    [InlineData(DistillationGateKind.CorrectResponses, new[] { 0f, 0, 0, 1, 0, 0 })]
    [InlineData(DistillationGateKind.PassRate, new[] { 0f, 0, 0, 0, 0, 0 })]
    public void Weights_UnknownVerdicts_AreZeroAndCounted(DistillationGateKind kind, float[] expected)
    {
        using var scope = NewDisposeScope();
        // Group 0 would be unsolved but for the unknown one; group 1 has no other verdict than right; group 2 none at all.
        var view = View([float.NaN, 0, 0, 1, float.NaN, float.NaN], [0, 0, 0, 1, 1, 2]);
        Assert.Equal(expected, DistillationGate.Create(kind).Weights(view).data<float>().ToArray());
        Assert.Equal(3, DistillationGate.CountUnknown(view));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, .75)]
    [InlineData(2, 1)]
    [InlineData(4, 0)]
    public void PassRate_RightOfFour_IsFourPTimesOneMinusP(int right, float expected)
    {
        using var scope = NewDisposeScope();
        var correct = Enumerable.Range(0, 4).Select(i => i < right ? 1f : 0f).ToArray();
        Assert.All(new PassRateGate().Weights(View(correct, [0, 0, 0, 0])).data<float>().ToArray(), w => Assert.Equal(expected, w));
    }

    [Fact]
    public void TrajectoryAgreement_TeacherWithTheReward_IsKept()
    {
        using var scope = NewDisposeScope();
        var view = View([1, 1, 0, 0, 0, float.NaN], [0, 0, 0, 0, 0, 0], advantages: [1, 1, -1, -1, 0, 1], student: [-5, -5, -5, -5, -5, -5], teacher: [-4, -6, -6, -4, -6, -4]);
        Assert.Equal(new[] { 1f, 0, 1, 0, 1, 0 }, new TrajectoryAgreementGate().Weights(view).data<float>().ToArray());
        Assert.Equal(new[] { 0f, 0, 0, 0, 0, 0 }, new TrajectoryAgreementGate(1).Weights(view).data<float>().ToArray());
    }

    [Fact]
    public void TrajectoryAgreement_WithoutAdvantages_Throws()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("Advantages", Assert.Throws<ArgumentException>(() => new TrajectoryAgreementGate().Weights(View([1], [0]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryAgreementGate(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryAgreementGate(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => DistillationGate.Create((DistillationGateKind)42));
    }

    [Property(MaxTest = 100)]
    public void Weights_AnyVerdicts_AreOrderedAndFollowTheirRows(int seed, byte size)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var rows = 1 + size % 20;
        var correct = Enumerable.Range(0, rows).Select(_ => random.Next(3) switch { 0 => 0f, 1 => 1f, _ => float.NaN }).ToArray();
        var groups = Enumerable.Range(0, rows).Select(_ => (long)random.Next(5) * 1000 - 7).ToArray();
        var (none, wrong, unsolved) = (W(DistillationGateKind.None), W(DistillationGateKind.WrongResponses), W(DistillationGateKind.UnsolvedGroups));
        for (var i = 0; i < rows; i++)
        {
            Assert.True(unsolved[i] <= wrong[i] && wrong[i] <= none[i]);
            Assert.Equal(correct[i] == 0 ? 1 : 0, wrong[i]);
            Assert.Equal(Enumerable.Range(0, rows).Where(j => groups[j] == groups[i]).All(j => correct[j] == 0) ? 1 : 0, unsolved[i]);
        }
        var order = Enumerable.Range(0, rows).OrderBy(_ => random.Next()).ToArray();
        foreach (var kind in new[] { DistillationGateKind.WrongResponses, DistillationGateKind.UnsolvedGroups, DistillationGateKind.PassRate })
        {
            var plain = W(kind);
            var permuted = Weights(kind, [.. order.Select(i => correct[i])], [.. order.Select(i => groups[i])]);
            Assert.Equal(order.Select(i => plain[i]), permuted);
        }

        float[] W(DistillationGateKind kind) => Weights(kind, correct, groups);
        static float[] Weights(DistillationGateKind kind, float[] correct, long[] groups) =>
            DistillationGate.Create(kind).Weights(View(correct, groups)).data<float>().ToArray();
    }

    [Fact]
    public void Weights_UnfitTensors_Throw()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new NoGate().Weights(View([1, 0], [0])));
        Assert.Throws<ArgumentException>(() => new NoGate().Weights(View([], [])));
        Assert.Throws<ArgumentNullException>(() => new NoGate().Weights(null!));
        Assert.Throws<ArgumentException>(() => new NoGate().Weights(new GroupView
        {
            Groups = tensor(new[] { 1 }), Correct = zeros(1), StudentLogProbs = zeros(1), TeacherLogProbs = zeros(1),
        }));
    }

    private static GroupView View(float[] correct, long[] groups, float[]? advantages = null, float[]? student = null, float[]? teacher = null) => new()
    {
        Correct = tensor(correct),
        Groups = tensor(groups),
        Advantages = advantages is null ? null : tensor(advantages),
        StudentLogProbs = tensor(student ?? new float[groups.Length]),
        TeacherLogProbs = tensor(teacher ?? new float[groups.Length]),
    };
}
