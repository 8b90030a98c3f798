using KdRl.Tensors;
using KdRl.Transformers.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models.Experts;

[Collection("torch")]
public class MixtureOfExpertsTests
{
    private static readonly TransformerConfig Small = new()
    {
        Family = ModelFamily.Pangu, HiddenSize = 12, IntermediateSize = 6, Layers = 2, AttentionHeads = 2, VocabularySize = TestModels.Vocabulary, InitializerRange = 0.3,
        Experts = new ExpertConfig { Count = 8, PerToken = 4, Groups = 2, SharedIntermediateSize = 10, BalanceCoefficient = 0.5 },
    };

    public static TheoryData<ExpertConfig> Mixtures() =>
    [
        Small.Experts!,
        Small.Experts! with { PerToken = 2, Groups = null, SharedIntermediateSize = 0 },
        Small.Experts! with { Groups = 1, NormalizesGates = true },
        // More experts than tokens: most have none.
        Small.Experts! with { Count = 40, PerToken = 1, Groups = 1 },
    ];

    /// <summary>Output and all gradients against tokens that go through their experts one by one, in 64 bits.</summary>
    [Theory]
    [MemberData(nameof(Mixtures), DisableDiscoveryEnumeration = true)]
    public void Forward_AnyMixture_AgreesWithTokensOneByOne(ExpertConfig experts)
    {
        using var scope = NewDisposeScope();
        using var mixture = Noisy(experts);
        var weights = mixture.Weights("").ToDictionary(part => part.Name, part => part.Export().clone().requires_grad_(true));
        var (x, direction) = (randn(7, 12, dtype: ScalarType.Float64), randn(7, 12, dtype: ScalarType.Float64));
        var (ours, theirs) = (x.clone().requires_grad_(true), x.clone().requires_grad_(true));

        var y = mixture.Forward(ours, null);
        y.mul(direction).sum().backward();
        var expected = OneByOne(theirs, weights, experts);
        expected.mul(direction).sum().backward();

        Near(expected, y);
        Near(theirs.grad!, ours.grad!);
        foreach (var (part, name) in mixture.Weights("").Select(part => (part, part.Name)))
        {
            // An expert without tokens has no gradient in the one, and a gradient of 0 in the other.
            var wanted = weights[name].grad ?? zeros_like(weights[name]);
            var found = part.Parameter.grad is { } gradient ? gradient.narrow(0, part.Start, part.Rows).view(part.Shape) : zeros_like(wanted);
            Near(wanted, found);
        }
    }

    private static Tensor OneByOne(Tensor x, Dictionary<string, Tensor> w, ExpertConfig c)
    {
        Tensor Expert(Tensor v, string name) =>
            w[name + "down_proj.weight"].mv(nn.functional.silu(w[name + "gate_proj.weight"].mv(v)) * w[name + "up_proj.weight"].mv(v));
        return stack(Enumerable.Range(0, (int)x.shape[0]).Select(t =>
        {
            var scores = w["gate.weight"].mv(x[t]).softmax(0);
            var s = scores.detach().data<double>().ToArray();
            var size = c.Count / c.GroupCount;
            var chosen = Enumerable.Range(0, c.GroupCount).SelectMany(g => Enumerable.Range(g * size, size).OrderByDescending(e => s[e]).Take(c.PerToken / c.GroupCount)).ToList();
            var total = c.NormalizesGates ? chosen.Select(e => scores[e]).Aggregate((a, b) => a + b) : ones([], dtype: ScalarType.Float64);
            var y = chosen.Select(e => scores[e] / total * w["router_scale"][0, e] * Expert(x[t], $"experts.{e}.")).Aggregate((a, b) => a + b);
            return c.SharedIntermediateSize > 0 ? y + Expert(x[t], "shared_expert.") : y;
        }).ToArray());
    }

    [Theory]
    [MemberData(nameof(Mixtures), DisableDiscoveryEnumeration = true)]
    public void Hidden_BalanceLoss_IsThatOfTheRealTokensAndTheSameHoweverPromptsAreRead(ExpertConfig experts)
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Noisy(Small with { Experts = experts });
        Assert.True(model.CountsTokens);
        double Loss(Action run)
        {
            using var auxiliary = AuxiliaryLosses.Collect();
            run();
            return auxiliary.Total;
        }
        double Rows(params TokenSequence[] rows) => Loss(() => new ScoredRows(rows, CPU).Score(model, 1));
        TokenSequence long1 = new([3, 1, 4], [1, 5, 9, 2]), short1 = new([3, 1, 4], [6]), other = new([2, 7], [1, 8]);

        // One row: no padding. Of its last token nothing is read.
        var alone = Loss(() => model.Hidden(tensor(new long[,] { { 3, 1, 4, 1, 5, 9 } }), TestModels.Positions(1, 6), null));
        Assert.Equal(alone, Rows(long1), 1e-5);
        // A second row of the same prompt adds only its completion, of which no token is read; padding counts for nothing.
        Assert.Equal(alone, Rows(long1, short1), 1e-5);
        // Prompts of two lengths, padded on the left when they are shared, on the right when they are not.
        var padded = Loss(() => model.Hidden(tensor(new long[,] { { 3, 1, 4, 1, 5, 9 }, { 2, 7, 1, 0, 0, 0 } }), TestModels.Positions(2, 6), tensor(new[,] { { true, true, true, true, true, true }, { true, true, true, false, false, false } })));
        Assert.Equal(padded, Rows(long1, other), 1e-5);
        Assert.Equal(padded, Rows(long1, short1, other, new([2, 7], [5])), 1e-5);
        Assert.NotEqual(alone, padded, 1e-4);
        using var noGrad = no_grad();
        Assert.Equal(0.0, Rows(long1));
    }

    [Fact]
    public void Hidden_BalanceLoss_ReachesTheRouterAndNoExpert()
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Noisy(Small with { Layers = 1 });
        using var auxiliary = AuxiliaryLosses.Collect();
        model.Hidden(tensor(new long[,] { { 3, 1, 4, 1, 5, 9 } }), TestModels.Positions(1, 6), null);
        Assert.Equal(1, auxiliary.Count);
        auxiliary.AddTo(zeros([]), 2).backward();
        var gate = model.get_parameter("layers.0.mlp.gate.weight")!;
        Assert.True(gate.grad!.abs().sum().item<float>() > 0);
        // The load is counted, not differentiated: no other weight of the mixture is touched.
        Assert.All(model.named_parameters().Where(p => p.name.Contains("experts", StringComparison.Ordinal)), p => Assert.True(p.parameter.grad is null));
    }

    [Fact]
    public void Hidden_NoBalanceLossWanted_NothingIsCollected()
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Noisy(Small with { Experts = Small.Experts! with { BalanceCoefficient = 0 } });
        Assert.False(model.CountsTokens);
        using var auxiliary = AuxiliaryLosses.Collect();
        model.Hidden(tensor(new long[,] { { 3, 1, 4 } }), TestModels.Positions(1, 3), null);
        Assert.Equal(0, auxiliary.Count);
        var loss = ones([]);
        Assert.Same(loss, auxiliary.AddTo(loss, 1));
    }

    [Fact]
    public void Hidden_BrainFloat_RunsAndHasGradientsOfItsType()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Small with { SandwichNorm = true, DataType = ScalarType.BFloat16 }, 1);
        using var auxiliary = AuxiliaryLosses.Collect();
        var hidden = model.Hidden(tensor(new long[,] { { 3, 1, 4, 1, 5, 9 } }), TestModels.Positions(1, 6), null);
        Assert.Equal(ScalarType.BFloat16, hidden.dtype);
        auxiliary.AddTo(hidden.to(ScalarType.Float32).pow(2).sum(), 1).backward();
        Assert.All(model.parameters().Where(p => p.grad is not null), p => Assert.True(p.grad!.dtype == ScalarType.BFloat16 && p.grad.isfinite().all().item<bool>()));
        Assert.Equal(2, model.named_parameters().Count(p => p.name.EndsWith("mlp.gate.weight", StringComparison.Ordinal) && p.parameter.grad is not null));
    }

    [Fact]
    public void Hidden_TrainingSteps_KeepTheLiveTensorCount()
    {
        using var model = TestModels.Noisy(Small);
        void Step()
        {
            using var scope = NewDisposeScope();
            using var auxiliary = AuxiliaryLosses.Collect();
            auxiliary.AddTo(model.Hidden(ones(2, 5, dtype: ScalarType.Int64), TestModels.Positions(2, 5), null).sum(), 1).backward();
        }
        Step();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 20; i++) Step();
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static MixtureOfExperts Noisy(ExpertConfig experts)
    {
        var mixture = new MixtureOfExperts(Small with { Experts = experts }, CPU);
        mixture.to(ScalarType.Float64);
        using var noGrad = no_grad();
        foreach (var p in mixture.parameters()) p.copy_(randn(p.shape, dtype: ScalarType.Float64).mul(0.7));
        return mixture;
    }

    private static void Near(Tensor expected, Tensor actual) => Assert.True((expected - actual).abs().max().item<double>() < 1e-10, $"{expected} is not {actual}");

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.05)]
    public void Forward_ExpertsTogether_GiveWhatEachByItselfGives(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(new TransformerConfig
        {
            Family = ModelFamily.Pangu, HiddenSize = 24, IntermediateSize = 8, Layers = 2, AttentionHeads = 2, VocabularySize = 20, InitializerRange = 0.2, DataType = type,
            Experts = new ExpertConfig { Count = 8, PerToken = 4, Groups = 4, SharedIntermediateSize = 8 },
        }, 5);
        var ids = arange(14, ScalarType.Int64).view(2, 7);
        var together = model.Hidden(ids, TestModels.Positions(2, 7), null).detach().to(ScalarType.Float32);
        // A fresh adapter adds nothing, but every expert is asked by itself.
        using var adapter = LoraAdapter.Attach(model, new LoraOptions { TargetModules = ["down_proj"] }, 1);
        var apart = adapter.Hidden(ids, TestModels.Positions(2, 7), null).detach().to(ScalarType.Float32);
        Assert.True(together.allclose(apart, tolerance, tolerance), $"{together.sub(apart).abs().max().item<float>()} apart");
    }
}
