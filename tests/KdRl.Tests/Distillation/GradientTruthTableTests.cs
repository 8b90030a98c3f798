using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation;

/// <summary>What each way of using an estimate really minimises, by exact expectation over the tokens.</summary>
[Collection("torch")]
public class GradientTruthTableTests
{
    /// <summary>The three-token numbers are published to eight decimals, some truncated.</summary>
    private const double LastDigit = 1.1e-8;

    private static readonly double[] ReverseThree = [-0.39071457, -0.16421103, 0.55492559];
    private static readonly double[] ForwardThree = [-0.31963554, -0.16628780, 0.48592334];
    private static readonly double[] ReverseSix = [.169205, -.037904, .022298, -.044483, -.141693, .032577];
    private static readonly double[] ForwardSix = [.234509, -.027871, .041030, .047553, -.366173, .070953];

    [Theory]
    [InlineData(KlEstimator.K2, GradientPath.Loss)]
    [InlineData(KlEstimator.K1, GradientPath.Advantage)]
    [InlineData(KlEstimator.K3, GradientPath.ReweightedLoss)]
    [InlineData(KlEstimator.K1, GradientPath.ReweightedLoss)]
    public void Evaluate_AcceptedPair_HasTheReverseKlGradient(KlEstimator estimator, GradientPath path)
    {
        Near.Equal(ReverseThree, Gradient(Categorical.Three, new TeacherTermOptions { Estimator = estimator, Path = path }), LastDigit);
        Near.Equal(ReverseSix, Gradient(Categorical.Six, new TeacherTermOptions { Estimator = estimator, Path = path }), 2e-6);
    }

    [Fact]
    public void Evaluate_K3AsLoss_HasTheForwardKlGradient()
    {
        var options = new TeacherTermOptions { Estimator = KlEstimator.K3, AllowForwardKlGradient = true };
        Near.Equal(ForwardThree, Gradient(Categorical.Three, options), LastDigit);
        Near.Equal(ForwardSix, Gradient(Categorical.Six, options), 2e-6);
    }

    [Fact]
    public void EvaluateDivergence_Exact_HasTheReverseKlGradient()
    {
        using var scope = NewDisposeScope();
        foreach (var (categorical, expected, tolerance) in new[] { (Categorical.Three, ReverseThree, LastDigit), (Categorical.Six, ReverseSix, 2e-6) })
        {
            var z = tensor(categorical.StudentLogits, requires_grad: true);
            var divergence = ReverseKl.Exact(z, tensor(categorical.TeacherLogProbs)).reshape(1, 1);
            new TeacherTerm(new TeacherTermOptions { Support = TeacherSupport.FullVocabulary })
                .EvaluateDivergence(divergence, ones(1, 1, dtype: ScalarType.Bool)).LossPerToken!.sum().backward();
            Near.Equal(expected, z.grad!, tolerance);
        }
    }

    [Fact]
    public void Estimate_K1AsLoss_HasNoExpectedGradient()
    {
        foreach (var categorical in new[] { Categorical.Three, Categorical.Six })
            Near.Equal(new double[categorical.StudentLogits.Length], categorical.LossGradient(Estimate(KlEstimator.K1)), 1e-15);
    }

    [Fact]
    public void Estimate_K3AsAdvantage_HasTheDifferenceOfBothGradients()
    {
        Near.Equal([-0.07107902, 0.00207678, 0.06900225], Categorical.Three.AdvantageGradient(Minus(KlEstimator.K3)), LastDigit);
        Near.Equal([-.065304, -.010032, -.018732, -.092037, .224481, -.038376], Categorical.Six.AdvantageGradient(Minus(KlEstimator.K3)), 2e-6);
    }

    [Fact]
    public void Estimate_K2AsAdvantage_PointsElsewhere()
    {
        var gradient = Categorical.Six.AdvantageGradient(Minus(KlEstimator.K2));
        Near.Equal([.005483, -.007264, -.007172, -.068998, .096533, -.018581], gradient, 2e-6);
        Assert.Equal(-.364, Cosine(gradient, ReverseSix), 3);
        Assert.Equal(-.678, Cosine(Categorical.Six.AdvantageGradient(Minus(KlEstimator.K3)), ReverseSix), 3);
    }

    [Fact]
    public void Estimate_K2Reweighted_IsNotTheReverseKlGradient()
    {
        // Its expectation is the gradient of E[k2] itself, whose value is biased: the reason for its refusal.
        var gradient = Categorical.Six.LossGradient((lp, t) => ReverseKl.Estimate(lp, t, KlEstimator.K2) * (lp - lp.detach()).exp());
        var ofBiasedValue = Categorical.Six.LossGradient((lp, t) => ReverseKl.Estimate(lp, t, KlEstimator.K2) + ReverseKl.Estimate(lp, t, KlEstimator.K2).detach() * lp);
        Near.Equal(ofBiasedValue, gradient, 1e-12);
        Assert.True(gradient.Zip(ReverseSix, (a, b) => Math.Abs(a - b)).Max() > .05);
    }

    [Fact]
    public void SumOverVocabulary_AsAdvantage_HasNoExpectedGradient()
    {
        var gradient = Categorical.Three.AdvantageGradient((lp, t) => (lp.exp() * (t - lp)).sum().expand_as(lp));
        Near.Equal([0, 0, 0], gradient, 1e-15);
    }

    [Fact]
    public void Estimate_K1ReweightedOnAGatedToken_IsNotPureDistillation()
    {
        // With teacher = student there is nothing to distil, but the score of the kept tokens remains: refused with a gate.
        double[] z = [.3, -.7, 1.1];
        var same = Categorical.FromLogits(z, z);
        var gate = tensor(new double[] { 1, 0, 0 }).unsqueeze(1);
        var gradient = same.LossGradient((lp, t) => gate * ReverseKl.Estimate(lp, t, KlEstimator.K1) * (lp - lp.detach()).exp());
        Assert.True(gradient.Max(Math.Abs) > .1);
        Near.Equal([0, 0, 0], same.LossGradient((lp, t) => gate * ReverseKl.Estimate(lp, t, KlEstimator.K3) * (lp - lp.detach()).exp()), 1e-15);
    }

    [Fact]
    public void Estimate_Expectations_AreThePublishedValues()
    {
        Near.Equal([0.63919226, 0.85886890, 0.63919226], Expectations(Categorical.Three), LastDigit);
        Near.Equal([.407894, .313241, .407894], Expectations(Categorical.Six), 2e-6);
        using var scope = NewDisposeScope();
        Near.Equal([0.63919226, 0.51168900], Exact(Categorical.Three), LastDigit);
        Near.Equal([.407894, .597553], Exact(Categorical.Six), 2e-6);
    }

    [Fact]
    public void Evaluate_LossAndAdvantageForm_AgreeSampleBySample()
    {
        using var scope = NewDisposeScope();
        var (_, logProbs, teacher) = Categorical.Six.Rows();
        var mask = ones_like(teacher, dtype: ScalarType.Bool);
        var perSample = new List<double[]>();
        foreach (var options in new[] { new TeacherTermOptions(), new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage }, new() { Estimator = KlEstimator.K3, Path = GradientPath.ReweightedLoss } })
        {
            var lp = logProbs.detach().clone().requires_grad_();
            var result = new TeacherTerm(options).Evaluate(lp, teacher, mask);
            (result.LossPerToken ?? -result.TokenAdvantage! * lp).sum().backward();
            perSample.Add(Near.Numbers(lp.grad!));
        }
        Near.Equal(perSample[0], perSample[1], 1e-14);
        Near.Equal(perSample[0], perSample[2], 1e-14);
    }

    private static double[] Gradient(Categorical categorical, TeacherTermOptions options)
    {
        var term = new TeacherTerm(options);
        Tensor Mask(Tensor t) => ones_like(t, dtype: ScalarType.Bool);
        return options.Path == GradientPath.Advantage
            ? categorical.AdvantageGradient((lp, t) => term.Evaluate(lp, t, Mask(t)).TokenAdvantage!)
            : categorical.LossGradient((lp, t) => term.Evaluate(lp, t, Mask(t)).LossPerToken!);
    }

    private static Func<Tensor, Tensor, Tensor> Estimate(KlEstimator estimator) => (lp, t) => ReverseKl.Estimate(lp, t, estimator);

    private static Func<Tensor, Tensor, Tensor> Minus(KlEstimator estimator) => (lp, t) => -ReverseKl.Estimate(lp, t, estimator);

    private static double[] Expectations(Categorical categorical) =>
        [.. new[] { KlEstimator.K1, KlEstimator.K2, KlEstimator.K3 }.Select(k => categorical.Expectation(Estimate(k)))];

    private static double[] Exact(Categorical categorical)
    {
        var (student, teacher) = (tensor(categorical.StudentLogits), tensor(categorical.TeacherLogProbs));
        return [ReverseKl.Exact(student, teacher).item<double>(), ForwardKl.Exact(student, teacher).item<double>()];
    }

    private static double Cosine(double[] a, double[] b) =>
        a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
}
