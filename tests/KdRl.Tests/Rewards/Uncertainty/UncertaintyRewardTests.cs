using FsCheck.Xunit;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tests.Rewards.Rules;

namespace KdRl.Tests.Rewards.Uncertainty;

public class UncertaintyRewardTests
{
    private static readonly UncertaintyReward Rule = new(Requests.Verifier);

    [Theory]
    [InlineData(0.3, "right", 1)]
    [InlineData(0.3, "wrong", 0)]
    [InlineData(0.3, "Sorry, I don't know.", 0)] // It is known.
    [InlineData(0, "Sorry, I don't know.", 1)]
    [InlineData(0, "<think>sorry</think>wrong", 0)]
    [InlineData(0, "<think>hm</think>I am sorry.", 1)]
    [InlineData(0, "right", 0)] // A lucky guess is no admission, as published.
    [InlineData(0, "<think>sorry", 0)]
    public void ScoreAsync_KnownAndUnknown_AreTruthfulOrNot(double confidence, string response, double expected)
    {
        var outcome = Rule.Score(With(confidence, response));

        Assert.Equal((expected, response.Contains("right", StringComparison.Ordinal)), (outcome.Value!.Value, outcome.Correct!.Value));
        Assert.Equal(confidence > 0 ? 1 : 0, outcome.Parts["known"]);
    }

    [Fact]
    public void ScoreAsync_WithoutEstimateOrVerdict_DoesNotScore()
    {
        var down = new UncertaintyReward(Reward.Create("down", _ => RewardOutcome.Unscored(RewardStatus.TimedOut, "late")));
        var opinion = new UncertaintyReward(Reward.Create("opinion", _ => RewardOutcome.Scored(1)));

        Assert.Equal(RewardStatus.NotApplicable, Rule.Score(Requests.Of("right")).Status);
        Assert.Equal(RewardStatus.NotApplicable, Rule.Score(Requests.Of("right", metadata: new Dictionary<string, string> { ["confidence"] = "-1" })).Status);
        Assert.Equal(RewardStatus.TimedOut, down.Score(With(1, "x")).Status);
        Assert.Equal(RewardStatus.NotApplicable, opinion.Score(With(1, "x")).Status);
    }

    [Fact]
    public void FromModel_Model_SeesTheEstimateInTheQuestion()
    {
        string? seen = null;
        var reward = UncertaintyReward.FromModel(Reward.Create("model", r => { seen = r.Prompt.Text; return RewardOutcome.Scored(0.7); }));

        Assert.Equal(0.7, reward.Score(With(0.6, "x")).Value);
        Assert.Equal("Capital of France?\n### Conf ### 0.60\n### Entro ### 0.90", seen);
        Assert.Equal(RewardStatus.NotApplicable, reward.Score(Requests.Of("x")).Status);
        Assert.Equal(RewardStatus.Failed, UncertaintyReward.FromModel(Reward.Create("model", _ => RewardOutcome.Scored(1.2))).Score(With(0.6, "x")).Status);
    }

    [Fact]
    public void Show_Conversation_AppendsToTheLastMessage()
    {
        var prompt = UncertaintyPrompt.WithEstimate(
            Prompt.FromMessages("q", [new Message("system", "s"), new Message("user", "u")]) with { Reference = "r", Task = "t" }, new UncertaintyEstimate(1, 0, [0], 0));
        var shown = UncertaintyPrompt.Show(prompt);

        Assert.Equal(["s", "u\n### Conf ### 1.00\n### Entro ### 0.00"], shown.Messages!.Select(m => m.Content));
        Assert.Equal(("q", "r", "t", "1"), (shown.Id, shown.Reference, shown.Task, shown.Metadata["confidence"]));
        Assert.Equal("u", prompt.Messages![1].Content); // The policy's own prompt stays as it was.
        Assert.Throws<ArgumentException>(() => UncertaintyPrompt.Show(Prompt.FromText("q", "?")));
    }

    [Fact]
    public void Metrics_Golden_CountKnownAndUnknown()
    {
        KnowledgeOutcome[] outcomes =
        [
            .. Enumerable.Range(0, 6).Select(i => new KnowledgeOutcome(true, i < 5, false)),
            .. Enumerable.Range(0, 4).Select(i => new KnowledgeOutcome(false, false, i < 3)),
        ];

        Assert.Equal(0.833333, UncertaintyMetrics.Precision(outcomes)!.Value, 6);
        Assert.Equal(0.8, UncertaintyMetrics.Truthfulness(outcomes)!.Value, 12);
        Assert.Null(UncertaintyMetrics.Precision(outcomes[6..]));
        Assert.Null(UncertaintyMetrics.Truthfulness([]));
    }

    [Property]
    public bool Metrics_AnyOutcomes_AreInRangeAndAgreeWithTheReward(bool[] bits)
    {
        KnowledgeOutcome[] outcomes = [.. bits.Chunk(3).Where(b => b.Length == 3).Select(b => new KnowledgeOutcome(b[0], b[1], b[2] && !b[1]))];
        var truthful = UncertaintyMetrics.Truthfulness(outcomes);
        return UncertaintyMetrics.Precision(outcomes) is null or (>= 0 and <= 1)
            && (truthful is null || Math.Abs(truthful.Value - outcomes.Average(o => o.IsTruthful ? 1.0 : 0)) < 1e-12);
    }

    [Theory]
    [InlineData("Sorry, no.", false, true)]
    [InlineData("SORRY", false, true)]
    [InlineData("Sorry, it is Paris.", true, false)]
    [InlineData("No idea.", false, false)]
    public void IsRefusal_Golden_SaysSorryAndIsNotRight(string answer, bool correct, bool expected) => Assert.Equal(expected, RefusalTarget.IsRefusal(answer, correct));

    private static RewardRequest With(double confidence, string response)
    {
        var prompt = UncertaintyPrompt.WithEstimate(Prompt.FromText("q", "Capital of France?"), new UncertaintyEstimate(confidence, 0.897946, [0], 0));
        return Requests.Of(response, [1], prompt);
    }
}
