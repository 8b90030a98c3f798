using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class SequenceScorerTests
{
    [Fact]
    public void Score_MaskedTokens_EqualTheLogSoftmaxOfTheTokenBefore()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyCausalModel();
        var (ids, mask) = Batch();
        var scores = SequenceScorer.Score(model, ids, mask, 0.9, withEntropy: true);
        Assert.Equal([2, 6], scores.LogProbs.shape);
        var positions = arange(6, ScalarType.Int64).unsqueeze(0).expand(2, 6);
        var full = (nn.functional.linear(model.Hidden(ids, positions, null), model.OutputWeight) / 0.9).log_softmax(-1);
        for (var b = 0; b < 2; b++)
            for (var t = 0; t < 6; t++)
            {
                var expected = mask[b, t].item<bool>() ? full[b, t - 1, ids[b, t].item<long>()].item<float>() : 0;
                var entropy = mask[b, t].item<bool>() ? -(full[b, t - 1].exp() * full[b, t - 1]).sum().item<float>() : 0;
                Assert.Equal(expected, scores.LogProbs[b, t].item<float>(), 1e-5f);
                Assert.Equal(entropy, scores.Entropy![b, t].item<float>(), 1e-5f);
            }
    }

    [Fact]
    public void Score_PaddingIds_ChangeNeitherResultNorGradient()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyCausalModel();
        var (ids, mask) = Batch();
        var other = ids.clone();
        other[1, 4] = 17;
        other[1, 5] = 9;
        var (first, firstGradient) = Run(ids);
        var (second, secondGradient) = Run(other);
        Assert.True(first.equal(second).all().item<bool>());
        Assert.True((firstGradient - secondGradient).abs().max().item<float>() == 0);

        (Tensor, Tensor) Run(Tensor tokens)
        {
            model.zero_grad();
            var scores = SequenceScorer.Score(model, tokens, mask).LogProbs;
            scores.sum().backward();
            return (scores.detach(), model.OutputWeight.grad!.clone());
        }
    }

    [Theory, InlineData(1), InlineData(6)]
    public void Score_NothingToScore_GivesZerosWithZeroGradientAndDoesNotRunTheModel(int length)
    {
        using var scope = NewDisposeScope();
        using var model = new TinyCausalModel();
        var scores = SequenceScorer.Score(model, zeros(2, length, ScalarType.Int64), zeros(2, length, ScalarType.Bool), withEntropy: true);
        (scores.LogProbs.sum() + scores.Entropy!.sum()).backward();
        Assert.Equal(0, scores.LogProbs.abs().sum().item<float>());
        Assert.Equal(0, model.OutputWeight.grad!.abs().sum().item<float>());
        Assert.Equal(0, model.Calls);
    }

    [Fact]
    public void Score_BadArguments_NameWhatIsWrong()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyCausalModel();
        var (ids, mask) = Batch();
        string? Refused(Tensor i, Tensor m) => Assert.ThrowsAny<ArgumentException>(() => { SequenceScorer.Score(model, i, m); }).ParamName;
        Assert.Equal("mask", Refused(ids, ones_like(mask)));
        Assert.Equal("mask", Refused(ids, mask.to(ScalarType.Float32)));
        Assert.Equal("mask", Refused(ids, mask.narrow(1, 0, 5)));
        Assert.Equal("ids", Refused(ids.to(ScalarType.Int32), mask));
        Assert.Equal("ids", Refused(ids[0], mask[0]));
        Assert.Equal("ids", Refused(zeros(2, 0, ScalarType.Int64), zeros(2, 0, ScalarType.Bool)));
    }

    [Fact]
    public void Score_ManySteps_LeavesTheLiveTensorCountFlat()
    {
        using var model = new TinyCausalModel();
        using var scope = NewDisposeScope();
        var (ids, mask) = Batch();
        var live = 0L;
        for (var step = 0; step < 200; step++)
        {
            using (NewDisposeScope())
            {
                SequenceScorer.Score(model, ids, mask, 0.9, true).LogProbs.sum().backward();
                using (no_grad()) model.zero_grad();
            }
            if (step == 9) live = Tensor.TotalCount;
        }
        Assert.Equal(live, Tensor.TotalCount);
    }

    private static (Tensor Ids, Tensor Mask) Batch() => (
        tensor(new long[,] { { 1, 4, 2, 7, 7, 3 }, { 5, 1, 0, 2, 0, 0 } }),
        tensor(new[,] { { false, false, true, true, false, true }, { false, true, true, true, false, false } }));
}
