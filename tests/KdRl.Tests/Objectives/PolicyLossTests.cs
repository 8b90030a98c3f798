using KdRl.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

[Collection("torch")]
public class PolicyLossTests
{
    private static readonly PolicyLossOptions Ppo = new();

    private static Tensor Row(params double[] values) => tensor(values).unsqueeze(0);

    private static Tensor All(Tensor like) => ones_like(like).to(ScalarType.Bool);

    private static double[] Losses(double[] logProbs, double[] old, double[] advantages, PolicyLossOptions options)
    {
        using var scope = NewDisposeScope();
        var lp = Row(logProbs);
        return PolicyLoss.PerToken(lp, Row(old), Row(advantages), All(lp), options).data<double>().ToArray();
    }

    [Fact]
    public void PerToken_Clipped_GivesAnchor() =>
        Assert.Equal(-.6333, Losses([-1.69315, -1, -.59453], [-1, -1, -1], [1, -1, 2], Ppo).Average(), 5e-5);

    [Fact]
    public void PerToken_Reinforce_GivesAnchor() =>
        Assert.Equal(.8333, Losses([-.5, -1, -1.5], [0, 0, 0], [1, -1, 2], new PolicyLossOptions { Kind = PolicyLossKind.Reinforce }).Average(), 5e-5);

    [Fact]
    public void PerToken_RatioOne_GivesMinusAdvantage() =>
        Assert.Equal(-.6667, Losses([-.5, -1, -1.5], [-.5, -1, -1.5], [1, -1, 2], Ppo).Average(), 5e-5);

    [Fact]
    public void PerToken_DualClip_GivesAnchor()
    {
        var found = Losses([Math.Log(.5), 0, Math.Log(10)], [0, 0, 0], [1, -1, -4], new PolicyLossOptions { DualClip = 3 });
        Assert.All(found.Zip([-.5, 1, 12]), p => Assert.Equal(p.Second, p.First, 1e-9));
        Assert.Equal(4.1667, found.Average(), 5e-5);
    }

    public static IEnumerable<PolicyLossOptions> EveryKind() =>
        from kind in Enum.GetValues<PolicyLossKind>()
        from level in Enum.GetValues<RatioLevel>()
        where level == RatioLevel.Token || kind is PolicyLossKind.Clipped or PolicyLossKind.Cispo or PolicyLossKind.Sapo
        select new PolicyLossOptions { Kind = kind, RatioLevel = level };

    [Fact]
    public void PerToken_EveryKindAtRatioOne_HasThePolicyGradient()
    {
        foreach (var options in EveryKind())
        {
            using var scope = NewDisposeScope();
            var lp = Row(-.5, -1.2, -.3).requires_grad_();
            var loss = PolicyLoss.PerToken(lp, lp.detach(), tensor(new[] { -1.5 }), All(lp), options);
            LossAggregation.Aggregate(loss, All(lp), LossAggregation.TokenMean).backward();
            Assert.True(lp.grad!.allclose(full_like(lp, .5), 1e-12, 1e-12), $"{options.Kind} {options.RatioLevel}: {lp.grad!.str()}");
        }
    }

    [Fact]
    public void PerToken_EveryKind_MatchesFiniteDifferences()
    {
        foreach (var options in EveryKind().Where(o => o.Kind != PolicyLossKind.Cispo && o.RatioLevel != RatioLevel.SequenceToken))
        {
            using var scope = NewDisposeScope();
            // Ratios away from the bounds, on both sides of them.
            var (old, mask) = (tensor(new[,] { { -1.0, -.4, -2.0 }, { -.9, -1.1, -.2 } }), tensor(new[,] { { true, true, true }, { true, true, false } }));
            var advantages = tensor(new[,] { { 1.0, -.5, .7 }, { -1.2, .3, 9 } });
            double At(Tensor x) => PolicyLoss.PerToken(x, old, advantages, mask, options).sum().item<double>();
            var lp = tensor(new[,] { { -.55, -.5, -1.95 }, { -.48, -1.6, -.1 } }, requires_grad: true);
            PolicyLoss.PerToken(lp, old, advantages, mask, options).sum().backward();
            for (var i = 0; i < 2; i++)
                for (var t = 0; t < 3; t++)
                {
                    var step = zeros_like(old);
                    step[i, t] = 1e-6;
                    Assert.Equal((At(lp.detach() + step) - At(lp.detach() - step)) / 2e-6, lp.grad![i, t].item<double>(), 1e-7);
                }
        }
    }

    [Theory]
    [InlineData(.5, 1.0)]
    [InlineData(1.3, 7.0)]
    public void PerToken_SapoAtRatioOne_HasOneGradientForEveryTau(double positive, double negative)
    {
        using var scope = NewDisposeScope();
        var lp = Row(-1, -2).requires_grad_();
        PolicyLoss.PerToken(lp, lp.detach(), Row(2, -3), All(lp), new PolicyLossOptions { Kind = PolicyLossKind.Sapo, SapoTauPositive = positive, SapoTauNegative = negative }).sum().backward();
        Assert.True(lp.grad!.allclose(Row(-2, 3), 1e-12, 1e-12));
    }

    [Fact]
    public void PerToken_OutsideTheBand_PpoStopsAndCispoGoesOn()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(PolicyLossKind kind)
        {
            var lp = Row(Math.Log(2), Math.Log(.5)).requires_grad_();
            PolicyLoss.PerToken(lp, Row(0, 0), Row(1, -1), All(lp), new PolicyLossOptions { Kind = kind }).sum().backward();
            return lp.grad!;
        }
        Assert.True(Gradient(PolicyLossKind.Clipped).allclose(Row(0, 0)));
        Assert.True(Gradient(PolicyLossKind.Cispo).allclose(Row(-1.2, .8), 1e-12, 1e-12));
    }

    [Fact]
    public void PerToken_GspoTokenForm_HasTheGradientOfTheSequenceForm()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(RatioLevel level)
        {
            var lp = Row(-.9, -1.05, -.4).requires_grad_();
            var loss = PolicyLoss.PerToken(lp, Row(-1, -1, -.5), tensor(new[] { 1.7 }), All(lp), new PolicyLossOptions { RatioLevel = level });
            LossAggregation.Aggregate(loss, All(lp), LossAggregation.SequenceMeanOfTokenMeans).backward();
            return lp.grad!;
        }
        Assert.True(Gradient(RatioLevel.Sequence).allclose(Gradient(RatioLevel.SequenceToken), 1e-12, 1e-14));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e30)]
    public void PerToken_PoisonedPadding_ChangesNothing(double poison)
    {
        foreach (var options in EveryKind())
        {
            using var scope = NewDisposeScope();
            (Tensor Loss, Tensor Gradient) Run(double padding)
            {
                var mask = tensor(new[,] { { true, false, true }, { false, false, false } });
                Tensor Fill(double value) => full([2, 3], value, ScalarType.Float64).masked_fill(mask.logical_not(), padding);
                var lp = Fill(-1).requires_grad_();
                var loss = PolicyLoss.PerToken(lp, Fill(-1.1), Fill(.7), mask, options);
                loss.sum().backward();
                return (loss.detach(), lp.grad!);
            }
            var (clean, poisoned) = (Run(0), Run(poison));
            Assert.True(clean.Loss.equal(poisoned.Loss).all().item<bool>(), $"{options.Kind}");
            Assert.True(clean.Gradient.equal(poisoned.Gradient).all().item<bool>(), $"{options.Kind}");
            Assert.Equal(0, poisoned.Loss[1].abs().sum().item<double>());
        }
    }

    [Fact]
    public void PerToken_UnfitShapes_NamesTheArgument()
    {
        using var scope = NewDisposeScope();
        var lp = Row(-1, -2);
        Assert.Equal("oldLogProbs", Assert.Throws<ArgumentException>(() => PolicyLoss.PerToken(lp, Row(-1), Row(1, 1), All(lp), Ppo)).ParamName);
        Assert.Equal("mask", Assert.Throws<ArgumentException>(() => PolicyLoss.PerToken(lp, lp, Row(1, 1), tensor(new[] { true, true }), Ppo)).ParamName);
        Assert.Throws<ArgumentException>(() => PolicyLoss.PerToken(lp, lp, tensor(new[] { 1.0, 2, 3 }), All(lp), Ppo));
    }
}
