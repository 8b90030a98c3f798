using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Judges.Tasks;

public class PointwiseJudgeTaskTests
{
    private static readonly JudgeCriterion Clarity = new() { Name = "clarity", Description = "Is it clear?", Weight = 3 };
    private static readonly JudgeCriterion Tone = new() { Name = "tone", Description = "Which tone has it?", Choices = ["rude", "plain", "kind"] };
    private static readonly JudgeCriterion OnTopic = new() { Name = "on topic", Description = "Does it answer the question?", Weight = 0, Choices = ["no", "yes"], IsGate = true };

    [Theory]
    [InlineData("\"clarity\": 10, \"tone\": \"kind\"", 1.0)]
    [InlineData("\"clarity\": 1, \"tone\": \"rude\"", 0.0)]
    [InlineData("\"tone\": \"plain\", \"clarity\": 4", (3 * (3.0 / 9) + 0.5) / 4)]
    public async Task ScoreAsync_Ratings_AreWeightedSharesOfTheirScales(string verdict, double value)
    {
        var outcome = await Judge(verdict, Clarity, Tone).ScoreAsync(Requests.Of("Because of scattering."), default);

        Assert.Equal(value, outcome.Value!.Value, 12);
        Assert.Null(outcome.Correct);
    }

    [Fact]
    public async Task ScoreAsync_Parts_HoldEachShare()
    {
        var outcome = await Judge("\"clarity\": 4, \"tone\": \"kind\"", Clarity, Tone).ScoreAsync(Requests.Of("Because of scattering."), default);

        Assert.Equal(3.0 / 9, outcome.Parts["clarity"], 12);
        Assert.Equal(1, outcome.Parts["tone"]);
        Assert.Equal(0, outcome.Parts["judge_directed"]);
        Assert.Equal(1, outcome.Parts["valid_votes"]);
    }

    [Theory]
    [InlineData("no", 0)]
    [InlineData("yes", 1)]
    public async Task ScoreAsync_Gate_DecidesWhetherTheRestCounts(string gate, double value) =>
        Assert.Equal(value, (await Judge($"\"clarity\": 10, \"on topic\": \"{gate}\"", Clarity, OnTopic).ScoreAsync(Requests.Of("Because of scattering."), default)).Value);

    [Fact]
    public async Task ScoreAsync_ShowReference_ShowsItOrDoesNotApply()
    {
        var client = new ScriptedChatClient(r => r.Verdict("\"clarity\": 10"));
        using var judge = new JudgeReward(client, new PointwiseJudgeTask([Clarity]) { ShowReference = true });

        Assert.Equal(1, (await judge.ScoreAsync(Requests.Of("Scattering.", reference: "Rayleigh scattering."), default)).Value);
        Assert.Equal("Rayleigh scattering.", client.Requests.Single().Block("reference"));
        Assert.Equal(RewardStatus.NotApplicable, (await judge.ScoreAsync(Requests.Of("Scattering."), default)).Status);
    }

    public static TheoryData<JudgeCriterion[], string> Broken => new()
    {
        { [], "no criteria" },
        { [new() { Name = "", Description = "x" }], "the name must be" },
        { [new() { Name = "a\"b", Description = "x" }], "the name must be" },
        { [new() { Name = "nonce", Description = "x" }], "the name must be" },
        { [new() { Name = "a" }], "has no description" },
        { [new() { Name = "a", Description = "x", Weight = -1 }], "weight -1" },
        { [new() { Name = "a", Description = "x", Weight = double.NaN }], "weight NaN" },
        { [new() { Name = "a", Description = "x", Weight = 0 }], "all 0" },
        { [new() { Name = "a", Description = "x", Minimum = 3, Maximum = 3 }], "goes from 3 to 3" },
        { [new() { Name = "a", Description = "x", Maximum = 3, Choices = ["x", "y"] }], "have no effect" },
        { [new() { Name = "a", Description = "x", Choices = ["x", "x"] }], "two or more different ones" },
        { [new() { Name = "a", Description = "x", IsGate = true }], "is a gate" },
        { [new() { Name = "a", Description = "x" }, new() { Name = "a", Description = "y" }], "exists 2 times" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Constructor_CriteriaThatDoNotFit_AreRefused(JudgeCriterion[] criteria, string why)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Judge("", criteria));

        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    private static JudgeReward Judge(string verdict, params JudgeCriterion[] criteria) =>
        new(new ScriptedChatClient(r => r.Verdict(verdict)), new PointwiseJudgeTask(criteria));
}
