using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tests.Rewards.Rules;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Uncertainty;

public class UncertaintyEstimatorTests
{
    private static readonly UncertaintyEstimator Default = new();
    private static readonly Arbitrary<string[]> Answers = Gen.NonEmptyListOf(Gen.Elements("a", "A.", "b", "the c", "c", "")).Select(l => l.ToArray()).ToArbitrary();

    [Theory]
    [InlineData(new[] { 10 }, 0, 0)]
    [InlineData(new[] { 5, 5 }, 0.693147, 1)]
    [InlineData(new[] { 7, 2, 1 }, 0.801819, 1.156780)]
    [InlineData(new[] { 6, 3, 1 }, 0.897946, 1.295462)]
    [InlineData(new[] { 4, 4, 2 }, 1.054920, 1.521928)]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 2.302585, 3.321928)]
    public void Entropy_Golden_InNatsAndBits(int[] sizes, double nats, double bits)
    {
        Assert.Equal(nats, UncertaintyEstimator.Entropy(sizes), 5e-7);
        Assert.Equal(bits, UncertaintyEstimator.Entropy(sizes, 2), 5e-7);
    }

    [Fact]
    public void Estimate_CodeRule_PutsRightAnswersTogether()
    {
        string[] answers = ["r1", "r2", "r3", "r4", "r5", "r6", "w", "w", "w", "v"];
        bool[] correct = [true, true, true, true, true, true, false, false, false, false];
        var estimate = new UncertaintyEstimator(options: new UncertaintyOptions { CorrectAsOneCluster = true }).Estimate(answers, correct);

        Assert.Equal((0.6, 0.897946), (estimate.Confidence, Math.Round(estimate.Entropy, 6)));
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 2], estimate.ClusterIds);
        Assert.True(estimate.Known);
    }

    [Fact]
    public void Estimate_Equivalence_IsClosedTransitively()
    {
        // Each is a word longer than the one before: neighbours contain each other, and so all are one.
        var estimate = new UncertaintyEstimator((a, b) => Math.Abs(a.Length - b.Length) == 1).Estimate(["xxxx", "x", "xxx", "xx", "yyyyyyy"], new bool[5]);

        Assert.Equal([0, 0, 0, 0, 1], estimate.ClusterIds);
        Assert.False(estimate.Known);
    }

    [Fact]
    public void Estimate_FailingEquivalence_IsCountedAsDifferent()
    {
        var estimate = new UncertaintyEstimator((_, _) => throw new InvalidOperationException("down")).Estimate(["a", "a", "a"], [true, true, true]);

        Assert.Equal([0, 1, 2], estimate.ClusterIds);
        Assert.Equal(3, estimate.EquivalenceFailures);
    }

    [Fact]
    public void Estimate_BlankAnswers_AreNeverRightAndAlone()
    {
        var estimate = Default.Estimate(["", " ", "a"], [true, true, false]);

        Assert.Equal(0, estimate.Confidence);
        Assert.Equal([0, 1, 2], estimate.ClusterIds);
    }

    [Property]
    public Property Estimate_AnyAnswers_ArePartitionedWithinTheBounds() => Prop.ForAll(Answers, answers =>
    {
        bool[] correct = [.. answers.Select(a => a.Contains('a', StringComparison.OrdinalIgnoreCase))];
        var estimate = Default.Estimate(answers, correct);
        var clusters = estimate.ClusterIds.Distinct().Count();
        return estimate.ClusterIds.Count == answers.Length
            && estimate.ClusterIds.Distinct().Order().SequenceEqual(Enumerable.Range(0, clusters))
            && estimate.Entropy >= 0 && estimate.Entropy <= Math.Log(clusters) + 1e-12 && clusters <= answers.Length
            && estimate.Confidence is >= 0 and <= 1
            && RefusalTarget.For(estimate, "ref") == (estimate.Confidence == 0 ? RefusalTarget.Text : "ref");
    });

    [Property]
    public Property Estimate_AnotherOrder_GivesTheSame() => Prop.ForAll(Answers, Gen.Choose(0, 1000).ToArbitrary(), (answers, seed) =>
    {
        bool[] correct = [.. answers.Select(a => a.Length > 1)];
        int[] order = [.. Enumerable.Range(0, answers.Length)];
        new System.Random(seed).Shuffle(order);
        var (there, shuffled) = (Default.Estimate(answers, correct), Default.Estimate([.. order.Select(i => answers[i])], [.. order.Select(i => correct[i])]));
        return there.Confidence == shuffled.Confidence && Math.Abs(there.Entropy - shuffled.Entropy) < 1e-12;
    });

    [Fact]
    public void Estimate_Group_UsesItsVerdicts()
    {
        ScoredRollout Of(string text, RewardOutcome outcome) => new(Requests.Of(text).Rollout, outcome);
        var group = new ScoredGroup(Prompt.FromText("q", "?"), [
            Of("<think>x</think>Paris", RewardOutcome.FromVerdict(true)), Of("paris.", RewardOutcome.FromVerdict(true)), Of("Rome", RewardOutcome.FromVerdict(false)),
            Of("Berlin", RewardOutcome.Unscored(RewardStatus.Failed, "down"))]);
        var estimate = Default.Estimate(group);

        Assert.Equal(group.Statistics.Accuracy, estimate.Confidence);
        Assert.Equal([0, 0, 1], estimate.ClusterIds);
        Assert.Throws<ArgumentException>(() => Default.Estimate(new ScoredGroup(group.Prompt, [group.Rollouts[3]])));
    }

    [Fact]
    public void Estimate_ArgumentsThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Default.Estimate([], []));
        Assert.Throws<ArgumentException>(() => Default.Estimate(["a"], []));
        Assert.Throws<ArgumentException>(() => UncertaintyEstimator.Entropy([]));
        Assert.Throws<ArgumentException>(() => UncertaintyEstimator.Entropy([1, 0]));
        Assert.Throws<OptionsValidationException>(() => new UncertaintyEstimator(options: new UncertaintyOptions { LogBase = 1 }));
        Assert.Throws<OptionsValidationException>(() => new UncertaintyEstimator(AnswerEquivalence.Exact, new UncertaintyOptions { CorrectAsOneCluster = true }));
    }

    [Theory]
    [InlineData("Paris", "the paris!", true, true)]
    [InlineData("It is Paris, France", "Paris", false, true)]
    [InlineData("", "Paris", false, false)] // UAlign's code would call it right.
    [InlineData("the", "Paris", false, false)]
    [InlineData("Rome", "Paris", false, false)]
    public void AnswerEquivalence_Golden_NormalisesAndContains(string a, string b, bool normalised, bool contained)
    {
        Assert.Equal((normalised, contained), (AnswerEquivalence.Normalised(a, b), AnswerEquivalence.Containment(a, b)));
        Assert.Equal((normalised, contained), (AnswerEquivalence.Normalised(b, a), AnswerEquivalence.Containment(b, a)));
        Assert.True(AnswerEquivalence.Exact(a, $" {a}\n"));
    }
}
