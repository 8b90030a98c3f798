using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models.Experts;

[Collection("torch")]
public class MoeBalanceTests
{
    private static readonly float[] Logits = [2, 1, .5f, 0, 0, -1, 1.5f, -.5f];

    [Theory]
    [InlineData(4, 4, 1.511487)]
    [InlineData(2, 2, 2.471507)]
    [InlineData(1, 4, 1.690362)]
    public void LoadLoss_OneKnownToken_GivesTheKnownNumber(int groups, int perToken, double expected)
    {
        using var scope = NewDisposeScope();
        var choice = new GroupedTopKRouter(8, groups, perToken).Route(tensor(Logits).unsqueeze(0));
        Assert.Equal(expected, MoeBalance.LoadLoss(choice.Scores, choice.Ids, 1).item<float>(), 2e-6);
        Assert.Equal(0.01 * expected, MoeBalance.LoadLoss(choice.Scores, choice.Ids, 0.01).item<float>(), 2e-8);
    }

    [Fact]
    public void LoadLoss_UniformScoresOrLoad_IsAlpha()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var scores = randn([4, 8], generator: generator).softmax(1);
        var (same, each) = (zeros(4, 2, dtype: ScalarType.Int64) + tensor(new long[] { 1, 2 }), arange(8, dtype: ScalarType.Int64).view(4, 2));
        Assert.Equal(0.25f, MoeBalance.LoadLoss(full([4, 8], 1 / 8f), same, 0.25).item<float>(), 1e-6f);
        Assert.Equal(0.25f, MoeBalance.LoadLoss(scores, each, 0.25).item<float>(), 1e-6f);
        // No lower bound: load on experts that score low is below it.
        Assert.True(MoeBalance.LoadLoss(tensor(new[,] { { .9f, .1f } }), tensor(new long[,] { { 1 } }), 1).item<float>() < 1);
    }

    [Fact]
    public void LoadLoss_Gradient_IsLoadOverTokens()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[,] { { .5f, .3f, .2f }, { .1f, .6f, .3f } }).requires_grad_(true);
        MoeBalance.LoadLoss(scores, tensor(new long[,] { { 0 }, { 0 } }), 0.5).backward();
        // α·f_i/n with f = N/(K·n)·load = (3, 0, 0).
        Assert.True(tensor(new[,] { { .75f, 0, 0 }, { .75f, 0, 0 } }).allclose(scores.grad!, 0, 1e-6));
    }

    [Fact]
    public void Imbalance_KnownIds_IsTheSpreadOverTokens()
    {
        using var scope = NewDisposeScope();
        // Groups {0,1}, {2,3}, {4,5}: loads 5, 1, 0 of 3 tokens.
        Assert.Equal(5 / 3.0, MoeBalance.Imbalance(tensor(new long[,] { { 0, 1 }, { 1, 0 }, { 0, 3 } }), [0, 0, 1, 1, 2, 2]));
        // The most a plain router can reach: all of a token's experts in one group.
        Assert.Equal(2.0, MoeBalance.Imbalance(tensor(new long[,] { { 2, 3 } }), [0, 0, 1, 1, 2, 2]));
    }

    [Fact]
    public void Arguments_ThatDoNotFit_AreRefused()
    {
        using var scope = NewDisposeScope();
        var (scores, ids) = (full([2, 4], 0.25f), zeros(2, 2, dtype: ScalarType.Int64));
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => MoeBalance.LoadLoss(scores, ids.to(ScalarType.Int32), 1)).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => MoeBalance.LoadLoss(scores, ids - 1, 1)).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => MoeBalance.LoadLoss(scores, ids + 4, 1)).ParamName);
        Assert.Equal("scores", Assert.Throws<ArgumentException>(() => MoeBalance.LoadLoss(full([3, 4], 0.25f), ids, 1)).ParamName);
        Assert.Equal("alpha", Assert.Throws<ArgumentException>(() => MoeBalance.LoadLoss(scores, ids, double.NaN)).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => MoeBalance.Imbalance(ids + 2, [0, 1])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => MoeBalance.Imbalance(zeros(0, 2, dtype: ScalarType.Int64), [0, 1])).ParamName);
        Assert.Equal("groupOf", Assert.Throws<ArgumentException>(() => MoeBalance.Imbalance(ids, [0, -1])).ParamName);
    }
}
