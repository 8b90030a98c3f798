using KdRl.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class DirectGradientsTests
{
    private const int Vocabulary = 40, Width = 8;

    [Theory]
    [InlineData(ScalarType.Float64, true, true, 1e-12)]
    [InlineData(ScalarType.Float64, true, false, 1e-12)]
    [InlineData(ScalarType.Float64, false, true, 1e-12)]
    [InlineData(ScalarType.Float32, true, true, 1e-5)]
    [InlineData(ScalarType.Float32, false, false, 1e-5)]
    public void Begin_TiedTable_GivesTheGradientOfAutogradAndHandsNoTableOver(ScalarType dtype, bool usesOwn, bool once, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (table, inner, ids, targets) = Parts(dtype);
        Tensor Hidden(Func<Tensor, Tensor> lookup) => lookup(ids).mm(inner).tanh();
        var plain = nn.functional.log_softmax(Hidden(rows => table.index_select(0, rows)).mm(table.t()), -1).gather(1, targets.unsqueeze(1)).pow(2).sum();
        plain.backward();
        var (expected, expectedInner) = (table.grad!.clone(), inner.grad!.clone());
        table.grad!.zero_();
        inner.grad!.zero_();
        if (!usesOwn) table.grad!.fill_(0.5);
        using (var direct = DirectGradients.Begin(_ => usesOwn))
        {
            var hidden = Hidden(rows => TableLookup.Rows(table, rows));
            static Tensor Loss(TokenScores scores) => scores.LogProbs.pow(2).sum();
            (once ? OutputHead.ReduceOnce(hidden, table, targets, (_, scores) => Loss(scores), 1, null) : Loss(OutputHead.Score(hidden, table, targets))).backward();
            Assert.Equal(usesOwn ? 0 : 1, direct.Apart.Count());
            // Nothing came by autograd.
            if (!usesOwn) Assert.True(table.grad!.eq(0.5).all().item<bool>());
            direct.AddToOwn();
        }

        Assert.True(expected.add(usesOwn ? 0 : 0.5).allclose(table.grad!, 0, tolerance));
        Assert.True(expectedInner.allclose(inner.grad!, 0, tolerance));
    }

    [Fact]
    public void Begin_SeveralChunksInBFloat16_AddsTheirFloat32SumToTheTable()
    {
        using var scope = NewDisposeScope();
        var (table, inner, ids, targets) = Parts(ScalarType.BFloat16);
        Tensor Scores() => OutputHead.Score(table.index_select(0, ids).mm(inner), table, targets, chunkBytes: 1).LogProbs.sum();
        Scores().backward();
        var expected = table.grad!.clone();
        table.grad!.zero_();
        using (DirectGradients.Begin(_ => true)) Scores().backward();
        Assert.True(expected.to(ScalarType.Float32).allclose(table.grad!.to(ScalarType.Float32), 0, 2e-2));
    }

    [Fact]
    public void Rows_ReadAThousandTimesInBFloat16_HaveTheirSumRoundedOnce()
    {
        using var scope = NewDisposeScope();
        var table = new Parameter(zeros(3, 2, dtype: ScalarType.BFloat16));
        TableLookup.Rows(table, cat([zeros(1000, ScalarType.Int64), full([24], 2, dtype: ScalarType.Int64)])).sum().backward();
        // Ones added one by one to a bfloat16 end at 256.
        Assert.Equal([1000, 1000, 0, 0, 24, 24], table.grad!.to(ScalarType.Float32).ToNumbers<float>());
    }

    [Fact]
    public void For_WeightsThatAutogradHas_IsNull()
    {
        using var scope = NewDisposeScope();
        var (table, _, _, _) = Parts(ScalarType.Float32);
        table.grad = zeros_like(table);
        Assert.Null(DirectGradients.For(table));
        using (DirectGradients.Begin(_ => true))
        {
            Assert.Same(DirectGradients.For(table), DirectGradients.For(table));
            Assert.Null(DirectGradients.For(table.neg()));
            Assert.Null(DirectGradients.For(new Parameter(zeros(2, 2))));
            Assert.Null(DirectGradients.For(new Parameter(zeros(2, 2), requires_grad: false)));
            using (no_grad()) Assert.Null(DirectGradients.For(table));
        }
        Assert.Null(DirectGradients.For(table));
    }

    [Fact]
    public void ReduceOnce_OnlyTheHeadTrained_LeavesItsGradientToAutograd()
    {
        using var scope = NewDisposeScope();
        var (table, _, ids, targets) = Parts(ScalarType.Float32);
        table.grad = zeros_like(table);
        using var direct = DirectGradients.Begin(_ => true);
        OutputHead.ReduceOnce(randn(ids.shape[0], Width), table, targets, (_, scores) => scores.LogProbs.sum(), 1, null).backward();
        Assert.True(table.grad!.abs().sum().item<float>() > 0);
    }

    /// <summary>A table with a gradient of zeros, a matrix between its two uses, and tokens of which some occur twice.</summary>
    private static (Parameter Table, Parameter Inner, Tensor Ids, Tensor Targets) Parts(ScalarType dtype)
    {
        using var generator = new Generator(5);
        var table = new Parameter(randn([Vocabulary, Width], generator: generator).mul(0.5).to(dtype));
        var inner = new Parameter(randn([Width, Width], generator: generator).mul(0.5).to(dtype));
        (table.grad, inner.grad) = (zeros_like(table), zeros_like(inner));
        return (table, inner, tensor(new long[] { 3, 3, 0, 39, 7, 3, 7 }), tensor(new long[] { 1, 3, 39, 0, 0, 7, 3 }));
    }
}
