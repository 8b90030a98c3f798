using FsCheck;
using FsCheck.Fluent;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards;

/// <summary>Outcomes of every status, with scores over the whole range of double, verdicts and parts.</summary>
public static class ArbitraryOutcome
{
    private static readonly Gen<double> Score = Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite), Gen.Choose(-2, 2).Select(i => (double)i), Gen.Elements(double.MaxValue, double.MinValue, double.Epsilon));

    private static readonly Gen<bool?> Verdict = Gen.Elements<bool?>(true, false, null);

    private static readonly Gen<RewardOutcome> Outcome =
        from status in Gen.Frequency((3, Gen.Constant(RewardStatus.Scored)), (1, Gen.Constant(RewardStatus.NotApplicable)), (1, Gen.Constant(RewardStatus.TimedOut)),
            (1, Gen.Constant(RewardStatus.Failed)))
        from score in Score
        from correct in Verdict
        from part in Score
        let bare = status == RewardStatus.Scored ? RewardOutcome.Scored(score) : RewardOutcome.Unscored(status, status.ToString())
        select bare with { Correct = correct, Parts = new Dictionary<string, double> { ["part"] = part } };

    public static Arbitrary<RewardOutcome> Outcomes() => Outcome.ToArbitrary();
}
