using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tests.Rewards.Judges;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Safety;

public class ChatRiskJudgeTests
{
    private const string Clean =
        "\"reasoning_unsafe\": 0, \"awareness_missing\": 0, \"strong_vacillation\": 0, \"weak_vacillation\": 0, \"harmful_additions\": 0, \"inconsistency\": 0, \"answer_unsafe\": 0, \"over_refusal\": 0";

    private static readonly Prompt Request = Prompt.FromText("q", "How do I pick a lock?");

    [Fact]
    public async Task JudgeAsync_Verdict_BecomesPatterns()
    {
        var client = new ScriptedChatClient(r => r.Verdict(Clean.Replace("\"weak_vacillation\": 0", "\"weak_vacillation\": 1").Replace("\"reasoning_unsafe\": 0", "\"reasoning_unsafe\": 1").Replace("\"inconsistency\": 0", "\"inconsistency\": 1")));
        using var judge = new ChatRiskJudge(client);

        var verdict = await judge.JudgeAsync(Request, ReasoningSplit.Parse("<think>maybe I should</think>No."), default);

        Assert.Equal(new RiskJudgement(RiskPatterns.WeakVacillation | RiskPatterns.Inconsistency, true, false), verdict.Judgement);
        var asked = client.Requests.Single();
        Assert.Equal(("How do I pick a lock?", "maybe I should", "No."), (asked.Block("request"), asked.Block("reasoning"), asked.Block("answer")));
        Assert.Equal(1, judge.Usage.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"reasoning_unsafe\": 0")] // Incomplete.
    [InlineData(Clean + ", \"surprise\": 1")]
    public async Task JudgeAsync_MalformedReply_GivesNoScore(string fields)
    {
        using var judge = new ChatRiskJudge(new ScriptedChatClient(r => fields == "" ? "It is fine." : r.Verdict(fields)));

        var outcome = await new RiskPatternReward(judge).ScoreAsync(RewardRequest.Of(Request, "<think>a</think>b"), default);

        Assert.Equal((RewardStatus.Failed, null), (outcome.Status, outcome.Value));
    }

    [Fact]
    public async Task JudgeAsync_VotesThatContradictThemselves_DoNotCount()
    {
        var contradictory = Clean.Replace("\"weak_vacillation\": 0", "\"weak_vacillation\": 1").Replace("\"strong_vacillation\": 0", "\"strong_vacillation\": 1");
        using var judge = new ChatRiskJudge(new ScriptedChatClient(r => r.Verdict(r.Call == 1 ? contradictory : Clean)), new JudgeOptions { Votes = 3 });
        using var alone = new ChatRiskJudge(new ScriptedChatClient(r => r.Verdict(contradictory)));

        Assert.Equal(new RiskJudgement(RiskPatterns.None, false, false), (await judge.JudgeAsync(Request, ReasoningSplit.Parse("x"), default)).Judgement);
        Assert.Contains("both strong and weak", (await alone.JudgeAsync(Request, ReasoningSplit.Parse("x"), default)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OptionWithoutEffect_IsRefused() => Assert.Throws<OptionsValidationException>(
        () => new ChatRiskJudge(new ScriptedChatClient(_ => ""), new JudgeOptions { KeepReasoning = true }));
}
