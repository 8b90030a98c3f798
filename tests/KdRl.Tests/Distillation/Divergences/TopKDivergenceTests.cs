using FsCheck.Xunit;
using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Divergences;

[Collection("torch")]
public class TopKDivergenceTests
{
    [Theory]
    [InlineData(true, 2, .190, .663)]
    [InlineData(false, 2, .361, .949)]
    [InlineData(true, 4, .386, .977)]
    [InlineData(false, 4, .387, .974)]
    public void Evaluate_SixTokens_HasThePublishedValueAndDirection(bool studentsChoice, int k, double value, double cosine)
    {
        using var scope = NewDisposeScope();
        var z = tensor(Categorical.Six.StudentLogits, requires_grad: true);
        var teacher = tensor(Categorical.Six.TeacherLogProbs);
        var (_, ids) = (studentsChoice ? z.detach() : teacher).topk(k);
        var divergence = TopKDivergence.Evaluate(z, ids, teacher.gather(0, ids));
        divergence.backward();
        Assert.Equal(value, divergence.item<double>(), 3);
        var exact = tensor(Categorical.Six.StudentLogits, requires_grad: true);
        ReverseKl.Exact(exact, teacher).backward();
        Assert.Equal(cosine, nn.functional.cosine_similarity(z.grad!, exact.grad!, 0).item<double>(), 3);
    }

    [Property(MaxTest = 10)]
    public void Evaluate_NestedSupports_GrowTowardsTheWholeVocabulary(int seed)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Pair(seed, 7);
        foreach (var beta in new[] { 0, .4, 1 })
        {
            var whole = GeneralisedJsd.Exact(student, teacher, beta);
            var (_, order) = student.sort(-1, descending: true);
            var last = zeros_like(whole);
            for (var k = 1; k < 7; k++)
            {
                var ids = order.narrow(-1, 0, k);
                var value = TopKDivergence.Evaluate(student, ids, teacher.log_softmax(-1).gather(-1, ids), beta);
                Assert.True(value.ge(last - 1e-12).all().item<bool>());
                last = value;
            }
            Near.Equal(whole, last, 1e-9);
        }
    }

    [Property(MaxTest = 10)]
    public void Evaluate_OrderOfIds_DoesNotMatter(int seed)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Pair(seed, 7);
        var (_, ids) = student.topk(3);
        var logProbs = teacher.log_softmax(-1).gather(-1, ids);
        Near.Equal(TopKDivergence.Evaluate(student, ids, logProbs), TopKDivergence.Evaluate(student, ids.flip(-1), logProbs.flip(-1)), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(.5)]
    [InlineData(0)]
    public void Evaluate_Gradient_IsThatOfFiniteDifferences(double beta)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Pair(11, 6);
        var (_, ids) = teacher.topk(3);
        var logProbs = teacher.log_softmax(-1).gather(-1, ids);
        FiniteDifference.Check(student, x => TopKDivergence.Evaluate(x, ids, logProbs, beta));
    }

    [Fact]
    public void Evaluate_NoMassLeftForTheTail_StaysFinite()
    {
        using var scope = NewDisposeScope();
        var student = tensor(new[] { 60.0, 0, 0 }, requires_grad: true);
        var ids = tensor(new long[] { 0 });
        var value = TopKDivergence.Evaluate(student, ids, tensor(new[] { 0.0 }));
        value.backward();
        Assert.True(double.IsFinite(value.item<double>()));
        Assert.True(student.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Evaluate_UnfitInput_Throws()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 2, 4);
        Assert.Contains("fewer than the vocabulary", Fails(logits, Ids(0, 1, 2, 3), -2), StringComparison.Ordinal);
        Assert.Contains("at least 1", Fails(logits, zeros(1, 2, 0, dtype: ScalarType.Int64), -2), StringComparison.Ordinal);
        Assert.Contains("twice", Fails(logits, Ids(2, 2), -2), StringComparison.Ordinal);
        Assert.Contains("holds 4", Fails(logits, Ids(0, 4), -2), StringComparison.Ordinal);
        Assert.Contains("holds -1", Fails(logits, Ids(0, -1), -2), StringComparison.Ordinal);
        Assert.Contains("mass", Fails(logits, Ids(0, 1), -.5f), StringComparison.Ordinal);
        Assert.Contains("mass", Fails(logits, Ids(0, 1), float.NaN), StringComparison.Ordinal);
        Assert.Contains("int64", Fails(logits, Ids(0, 1).to(ScalarType.Int32), -2), StringComparison.Ordinal);
        Assert.Contains("shape", Fails(zeros(1, 3, 4), Ids(0, 1), -2), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TopKDivergence.Evaluate(logits, Ids(0), full(1, 2, 1, -2f).requires_grad_()));

        static Tensor Ids(params long[] ids) => tensor(ids).expand(1, 2, ids.Length).clone();
        static string Fails(Tensor logits, Tensor ids, float logProb) =>
            Assert.Throws<ArgumentException>(() => TopKDivergence.Evaluate(logits, ids, full(ids.shape, logProb))).Message;
    }

    [Fact]
    public void Evaluate_MassJustAboveOne_IsTakenAsRounding()
    {
        using var scope = NewDisposeScope();
        var value = TopKDivergence.Evaluate(zeros(3), tensor(new long[] { 0, 1 }), tensor(new[] { .5f, .50004f }).log());
        Assert.True(float.IsFinite(value.item<float>()));
    }

    private static (Tensor Student, Tensor Teacher) Pair(int seed, long vocabulary)
    {
        using var random = new Generator((ulong)seed);
        return (randn(3, vocabulary, dtype: ScalarType.Float64, generator: random), randn(3, vocabulary, dtype: ScalarType.Float64, generator: random));
    }
}
