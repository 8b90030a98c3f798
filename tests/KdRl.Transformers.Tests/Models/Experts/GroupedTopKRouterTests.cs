using FsCheck.Xunit;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models.Experts;

[Collection("torch")]
public class GroupedTopKRouterTests
{
    private static readonly float[] Logits = [2, 1, .5f, 0, 0, -1, 1.5f, -.5f];
    private static readonly float[] Scores = [.384603f, .141488f, .085817f, .052050f, .052050f, .019148f, .233274f, .031570f];

    /// <summary>Four experts in M = 4 groups cost score: expert 4 stays although expert 1 scores higher.</summary>
    [Theory]
    [InlineData(2, 2, new long[] { 0, 6 })]
    [InlineData(4, 4, new long[] { 0, 2, 4, 6 })]
    [InlineData(1, 4, new long[] { 0, 6, 1, 2 })]
    public void Route_KnownLogits_GivesTheKnownChoice(int groups, int perToken, long[] expected)
    {
        using var scope = NewDisposeScope();
        var choice = new GroupedTopKRouter(8, groups, perToken).Route(tensor(Logits).unsqueeze(0));
        Assert.Equal(expected, choice.Ids.data<long>());
        var scores = choice.Scores.data<float>();
        for (var i = 0; i < Scores.Length; i++) Assert.Equal(Scores[i], scores[i], 1e-6f);
        Assert.Equal(expected.Select(i => scores[i]), choice.Gates.data<float>());
    }

    [Property(MaxTest = 60)]
    public void Route_AnyLogits_TakesTheBestOfEachGroupAndLoadsGroupsEqually(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var (groups, perGroup, groupSize, tokens) = (random.Next(1, 6), random.Next(1, 4), random.Next(3, 7), random.Next(1, 9));
        var router = new GroupedTopKRouter(groups * groupSize, groups, groups * perGroup);
        // Few distinct numbers, so that there are ties.
        var logits = Enumerable.Range(0, tokens * groups * groupSize).Select(_ => random.Next(8) / 2f).ToArray();
        var choice = router.Route(tensor(logits, [tokens, groups * groupSize]));
        var expected = Enumerable.Range(0, tokens).SelectMany(t => Enumerable.Range(0, groups).SelectMany(g => Enumerable.Range(g * groupSize, groupSize)
            .OrderByDescending(e => logits[t * groups * groupSize + e]).ThenBy(e => e).Take(perGroup))).Select(e => (long)e);
        Assert.Equal(expected, choice.Ids.data<long>());
        Assert.Equal(0.0, MoeBalance.Imbalance(choice.Ids, router.GroupOf));
    }

    [Fact]
    public void Route_OneGroup_IsSoftmaxThenTopK()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var logits = randn([50, 12], generator: generator);
        var choice = new GroupedTopKRouter(12, 1, 5).Route(logits);
        var (values, ids) = logits.softmax(1).topk(5);
        Assert.True(ids.equal(choice.Ids).all().item<bool>());
        Assert.True(values.allclose(choice.Gates, 0, 1e-7));
        // The form it is contrasted with: softmax of the chosen logits.
        var normalized = new GroupedTopKRouter(12, 1, 5, normalizesGates: true).Route(logits);
        Assert.True(logits.topk(5).values.softmax(1).allclose(normalized.Gates, 1e-5, 1e-6));
    }

    [Fact]
    public void Route_HalfPrecision_TakesTheSoftmaxInSingle()
    {
        using var scope = NewDisposeScope();
        var choice = new GroupedTopKRouter(8, 2, 2).Route(tensor(Logits).unsqueeze(0).to(ScalarType.BFloat16));
        Assert.Equal((ScalarType.Float32, ScalarType.Float32), (choice.Gates.dtype, choice.Scores.dtype));
        Assert.Equal(1, choice.Scores.sum().item<float>(), 1e-6f);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Route_Gates_GradientsAgreeWithFiniteDifferences(bool normalizes)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var router = new GroupedTopKRouter(8, 2, 4, normalizes);
        var logits = randn([3, 8], dtype: ScalarType.Float64, generator: generator).requires_grad_(true);
        var weights = randn([3, 4], dtype: ScalarType.Float64, generator: generator);
        router.Route(logits).Gates.mul(weights).sum().backward();
        for (var i = 0; i < 24; i++)
        {
            double Shifted(double by)
            {
                using var noGrad = no_grad();
                var moved = logits.clone();
                moved.view(-1)[i] += by;
                return router.Route(moved).Gates.mul(weights).sum().item<double>();
            }
            Assert.Equal((Shifted(1e-6) - Shifted(-1e-6)) / 2e-6, logits.grad!.view(-1)[i].item<double>(), 1e-8);
        }
    }

    /// <summary>A plain top-8 of 64 is unbalanced practically always: P(IS &gt; 0) above .999 and a mean of about .668 for 16 tokens.</summary>
    [Fact]
    public void Imbalance_PlainRouter_IsThatOfChance()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var (plain, grouped) = (new GroupedTopKRouter(64, 1, 8), new GroupedTopKRouter(64, 8, 8));
        const int batches = 1500, tokens = 16;
        var logits = randn([batches * tokens, 64], generator: generator);
        var (free, bound) = (plain.Route(logits).Ids, grouped.Route(logits).Ids);
        List<double> scores = [.. Enumerable.Range(0, batches).Select(i => MoeBalance.Imbalance(free.narrow(0, i * tokens, tokens), grouped.GroupOf))];
        Assert.Equal(0.0, MoeBalance.Imbalance(bound, grouped.GroupOf));
        Assert.True(scores.Count(s => s > 0) > 0.999 * scores.Count);
        Assert.Equal(0.668, scores.Average(), 0.015);
    }

    [Fact]
    public void Constructor_NumbersThatDoNotFit_AreRefused()
    {
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => new GroupedTopKRouter(8, 3, 3)).ParamName);
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => new GroupedTopKRouter(8, 4, 2)).ParamName);
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => new GroupedTopKRouter(8, 0, 2)).ParamName);
        Assert.Equal("perToken", Assert.Throws<ArgumentException>(() => new GroupedTopKRouter(8, 1, 9)).ParamName);
        Assert.Equal("experts", Assert.Throws<ArgumentException>(() => new GroupedTopKRouter(0, 1, 1)).ParamName);
    }

    [Fact]
    public void Route_WrongLogits_AreRefused()
    {
        using var scope = NewDisposeScope();
        var router = new GroupedTopKRouter(8, 2, 2);
        Assert.Throws<ArgumentException>(() => router.Route(zeros(3, 7)));
        Assert.Throws<ArgumentException>(() => router.Route(zeros(8)));
        Assert.Throws<ArgumentException>(() => router.Route(zeros(3, 8, dtype: ScalarType.Int64)));
    }
}
