using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Judges;

public class JudgeCacheTests
{
    private static readonly JudgeCriterion Score = new() { Name = "score", Description = "How good is it?", Minimum = 0, Maximum = 10 };

    [Fact]
    public async Task WithCache_EqualAnswersOfAGroup_ShareOneCall()
    {
        using var judge = new JudgeReward(new ScriptedChatClient(r => r.Verdict("\"score\": 7")), new PointwiseJudgeTask([Score]));
        var cached = judge.WithCache(version: judge.CacheVersion);

        var outcomes = await cached.ScoreAllAsync(Enumerable.Repeat(Requests.Of("Because."), 50));

        Assert.All(outcomes, o => Assert.Equal(0.7, o.Value!.Value, 12));
        Assert.Equal(1, judge.Usage.Calls);
    }

    [Fact]
    public async Task WithCache_JudgeThatFailed_IsAskedAgain()
    {
        using var judge = new JudgeReward(
            new ScriptedChatClient(r => r.Call == 1 ? "?" : r.Verdict("\"score\": 7")), new PointwiseJudgeTask([Score]), new JudgeOptions { MaxReasks = 0 });
        var cached = judge.WithCache(version: judge.CacheVersion);

        Assert.Equal(RewardStatus.Failed, (await cached.ScoreAsync(Requests.Of("Because."), default)).Status);
        Assert.Equal(0.7, (await cached.ScoreAsync(Requests.Of("Because."), default)).Value!.Value, 12);
    }

    [Fact]
    public void CacheVersion_AnythingThatDecidesAScore_ChangesIt()
    {
        JudgeTask[] tasks =
        [
            new PointwiseJudgeTask([Score]), new PointwiseJudgeTask([Score]) { ShowReference = true }, new PointwiseJudgeTask([new JudgeCriterion { Name = "score", Description = "Other?" }]),
            new PairwiseJudgeTask(), new PairwiseJudgeTask { OnContradiction = PairContradiction.Unscored }, new PairwiseJudgeTask { RivalKey = "x" },
            new ReferenceJudgeTask(), new ReferenceJudgeTask { FinalAnswer = text => text },
        ];
        JudgeOptions[] options = [new() { Model = "a" }, new() { Votes = 3 }, new() { Votes = 3, Quorum = 3 }, new() { Seed = 1 }, new() { KeepReasoning = true }, new() { EmptyAnswers = ["x"] }];
        string[] versions = [.. tasks.Select(t => Version(t, new JudgeOptions())), .. options.Select(o => Version(new PairwiseJudgeTask(), o))];

        Assert.Equal(versions.Length, versions.Distinct().Count());
        Assert.Equal(Version(new PairwiseJudgeTask(), new JudgeOptions()), Version(new PairwiseJudgeTask(), new JudgeOptions { Calls = new() { MaxRetries = 1 } }));
    }

    private static string Version(JudgeTask task, JudgeOptions options)
    {
        using var judge = new JudgeReward(new ScriptedChatClient(_ => ""), task, options);
        return judge.CacheVersion;
    }
}
