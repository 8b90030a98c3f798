using KdRl.Distillation;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Distillation.Terms;

public class TeacherTermOptionsValidatorTests
{
    [Theory]
    [InlineData(KlEstimator.K1, GradientPath.Loss, "expected gradient is exactly zero")]
    [InlineData(KlEstimator.K2, GradientPath.Advantage, "not that of the reverse KL")]
    [InlineData(KlEstimator.K3, GradientPath.Advantage, "not that of the reverse KL")]
    [InlineData(KlEstimator.K3, GradientPath.Loss, "forward KL")]
    [InlineData(KlEstimator.K2, GradientPath.ReweightedLoss, "K2's bias")]
    public void Validate_PairThatDoesNotTeach_IsRefusedWithTheReason(KlEstimator estimator, GradientPath path, string reason) =>
        Refuses(new TeacherTermOptions { Estimator = estimator, Path = path }, reason);

    [Theory]
    [InlineData(KlEstimator.K2, GradientPath.Loss)]
    [InlineData(KlEstimator.K1, GradientPath.Advantage)]
    [InlineData(KlEstimator.K1, GradientPath.ReweightedLoss)]
    [InlineData(KlEstimator.K3, GradientPath.ReweightedLoss)]
    public void Validate_ReverseKlGradient_Passes(KlEstimator estimator, GradientPath path) =>
        Assert.True(new TeacherTermOptionsValidator().Validate(null, new TeacherTermOptions { Estimator = estimator, Path = path }).Succeeded);

    [Fact]
    public void Validate_ForwardKlGradientOnPurpose_Passes() =>
        Assert.True(new TeacherTermOptionsValidator().Validate(null, new TeacherTermOptions { Estimator = KlEstimator.K3, AllowForwardKlGradient = true }).Succeeded);

    public static TheoryData<string, TeacherTermOptions, string> Refused() => new()
    {
        { "top-k advantage", new() { Support = TeacherSupport.TopKWithTail, Estimator = KlEstimator.K1, Path = GradientPath.Advantage }, "zero expected gradient" },
        { "exact advantage", new() { Support = TeacherSupport.FullVocabulary, Path = GradientPath.Advantage }, "zero expected gradient" },
        { "exact reweighted", new() { Support = TeacherSupport.FullVocabulary, Path = GradientPath.ReweightedLoss }, "already exact" },
        { "exact with estimator", new() { Support = TeacherSupport.FullVocabulary, Estimator = KlEstimator.K3 }, "does not estimate" },
        { "exact with floor", new() { Support = TeacherSupport.FullVocabulary, LogProbFloor = -5 }, "LogProbFloor has no effect" },
        { "divergence beyond the range", new() { Support = TeacherSupport.FullVocabulary, DivergenceBeta = 1.5 }, "DivergenceBeta" },
        { "divergence of a top-k", new() { Support = TeacherSupport.TopKWithTail, DivergenceBeta = 0 }, "does not use it" },
        { "exact extrapolated", new() { Support = TeacherSupport.FullVocabulary, Extrapolation = 2 }, "Extrapolation has no effect" },
        { "k1 reweighted gated", new() { Estimator = KlEstimator.K1, Path = GradientPath.ReweightedLoss, Gate = DistillationGateKind.WrongResponses }, "score of the policy" },
        { "k3 extrapolated", new() { Estimator = KlEstimator.K3, Path = GradientPath.ReweightedLoss, Extrapolation = 1.25 }, "not normalised" },
        { "allow without k3", new() { AllowForwardKlGradient = true }, "AllowForwardKlGradient has no effect" },
        { "margin without gate", new() { AgreementMargin = 1 }, "AgreementMargin is 1" },
        { "kept without gate", new() { GateDenominator = GateDenominator.KeptTokens }, "KeptTokens has no effect" },
        { "clip of a loss", new() { DifferenceClip = 1 }, "DifferenceClip is 1" },
        { "floor of a loss", new() { DifferenceFloor = -1 }, "DifferenceFloor is -1" },
        { "discount of a loss", new() { Discount = .5 }, "Discount is 0.5" },
        { "floor below clip", new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, DifferenceClip = 1, DifferenceFloor = -2 }, "has no effect" },
        { "unknown estimator", new() { Estimator = (KlEstimator)9 }, "Estimator is 9" },
        { "unknown path", new() { Path = (GradientPath)9 }, "Path is 9" },
        { "unknown gate", new() { Gate = (DistillationGateKind)9 }, "Gate is 9" },
        { "bad coefficient", new() { Coefficient = new() { Start = -1 } }, "Coefficient." },
        { "no coefficient", new() { Coefficient = null! }, "Coefficient" },
        { "discount range", new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, Discount = 1.5 }, "Discount" },
        { "clip range", new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, DifferenceClip = 0 }, "DifferenceClip" },
        { "positive floor", new() { LogProbFloor = 1 }, "LogProbFloor" },
        { "no extrapolation", new() { Extrapolation = 0 }, "Extrapolation" },
        { "NaN", new() { Extrapolation = double.NaN }, "Extrapolation" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Validate_InertOrOutOfRange_IsRefusedByName(string what, TeacherTermOptions options, string reason)
    {
        Assert.NotEmpty(what);
        Refuses(options, reason);
    }

    private static void Refuses(TeacherTermOptions options, string reason)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => new TeacherTerm(options));
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }
}
