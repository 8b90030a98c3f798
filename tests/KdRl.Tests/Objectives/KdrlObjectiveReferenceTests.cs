using KdRl.Distillation;
using KdRl.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

[Collection("torch")]
public class KdrlObjectiveReferenceTests
{
    public static TheoryData<DistillationGateKind, TokenNormaliser, GateDenominator, double, double, double[]?> Table() => new()
    {
        { DistillationGateKind.None, TokenNormaliser.GroupTokens, GateDenominator.AllTokens, -.100, .234500, [-.105, -.09, -.1, .103, .09, .1 / 12, -.1 / 6, .04 / 6] },
        { DistillationGateKind.None, TokenNormaliser.BatchTokens, GateDenominator.AllTokens, -.125, .234375, [-.13125, -.1125, -.125, .12875, .1125, .00625, -.0125, .005] },
        { DistillationGateKind.WrongResponses, TokenNormaliser.GroupTokens, GateDenominator.AllTokens, -.100, .172000, [-.1, -.1, -.1, .103, .09, .1 / 12, -.1 / 6, .04 / 6] },
        { DistillationGateKind.WrongResponses, TokenNormaliser.GroupTokens, GateDenominator.KeptTokens, -.100, .253750, null },
        { DistillationGateKind.WrongResponses, TokenNormaliser.BatchTokens, GateDenominator.AllTokens, -.125, .156250, [-.125, -.125, -.125, .12875, .1125, .00625, -.0125, .005] },
        { DistillationGateKind.WrongResponses, TokenNormaliser.BatchTokens, GateDenominator.KeptTokens, -.125, .250000, null },
        { DistillationGateKind.UnsolvedGroups, TokenNormaliser.GroupTokens, GateDenominator.AllTokens, -.100, .117500, [-.1, -.1, -.1, .1, .1, .1 / 12, -.1 / 6, .04 / 6] },
        { DistillationGateKind.UnsolvedGroups, TokenNormaliser.GroupTokens, GateDenominator.KeptTokens, -.100, .117500, null },
        { DistillationGateKind.UnsolvedGroups, TokenNormaliser.BatchTokens, GateDenominator.AllTokens, -.125, .088125, [-.125, -.125, -.125, .125, .125, .00625, -.0125, .005] },
        { DistillationGateKind.UnsolvedGroups, TokenNormaliser.BatchTokens, GateDenominator.KeptTokens, -.125, .235000, null },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Evaluate_ReferenceBatch_GivesPublishedLossesAndGradient(
        DistillationGateKind gate, TokenNormaliser normaliser, GateDenominator denominator, double rl, double kd, double[]? gradient)
    {
        using var scope = NewDisposeScope();
        var options = ReferenceBatch.Options();
        options.TokenNormaliser = normaliser;
        (options.Distillation!.Term.Gate, options.Distillation.Term.GateDenominator) = (gate, denominator);
        var logProbs = ReferenceBatch.LogProbs();
        var result = new KdrlObjective(options).Evaluate(ReferenceBatch.Batch(logProbs), 0);
        result.Loss.backward();
        Assert.Equal(rl, result.RlLoss.item<double>(), 1e-9);
        Assert.Equal(kd, result.KdLoss.item<double>(), 1e-9);
        Assert.Equal(rl + .1 * kd, result.Loss.item<double>(), 1e-9);
        if (gradient is not null) AssertGradient(gradient, logProbs);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Evaluate_AdvantagePath_GivesTheSameGradientAsTheJointLoss(
        DistillationGateKind gate, TokenNormaliser normaliser, GateDenominator denominator, double rl, double kd, double[]? gradient)
    {
        _ = (rl, kd, gradient);
        using var scope = NewDisposeScope();
        Tensor Gradient(KlEstimator estimator, GradientPath path)
        {
            var options = ReferenceBatch.Options();
            options.TokenNormaliser = normaliser;
            var term = options.Distillation!.Term;
            (term.Gate, term.GateDenominator, term.Estimator, term.Path) = (gate, denominator, estimator, path);
            var logProbs = ReferenceBatch.LogProbs();
            new KdrlObjective(options).Evaluate(ReferenceBatch.Batch(logProbs), 0).Loss.backward();
            return logProbs.grad!;
        }
        var joint = Gradient(KlEstimator.K2, GradientPath.Loss);
        var advantage = Gradient(KlEstimator.K1, GradientPath.Advantage);
        Assert.True(joint.allclose(advantage, 1e-12, 1e-14), $"{joint.str()} and {advantage.str()}");
    }

    private static void AssertGradient(double[] expected, Tensor logProbs)
    {
        var mask = ReferenceBatch.Batch(logProbs).Mask;
        var found = logProbs.grad!.masked_select(mask).data<double>().ToArray();
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-9));
        Assert.Equal(0, logProbs.grad!.masked_select(mask.logical_not()).abs().sum().item<double>());
    }
}
