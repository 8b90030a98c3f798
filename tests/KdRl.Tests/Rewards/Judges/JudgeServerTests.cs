using KdRl.Rewards;
using Xunit.Abstractions;

namespace KdRl.Tests.Rewards.Judges;

/// <summary>The judge against a real server that misbehaves on purpose.</summary>
public class JudgeServerTests(ITestOutputHelper output)
{
    private static readonly ServerAct[] Passing = [.. Between(ServerAct.ServerError, ServerAct.OtherShape)];
    private static readonly ServerAct[] Slow = [ServerAct.Hang, ServerAct.HangInBody];
    private static readonly ServerAct[] Malformed = [.. Between(ServerAct.Prose, ServerAct.HugeReply)];
    private static readonly ServerAct[] Final = [.. Between(ServerAct.BadRequest, ServerAct.AskForAnHour)];
    private static readonly JudgeCriterion Score = new() { Name = "score", Description = "How good is it?", Minimum = 0, Maximum = 10 };

    public static TheoryData<string> Recoverable => [.. Passing.Concat(Malformed).Except(Slow).Select(a => a.ToString())];

    public static TheoryData<string> Lasting => [.. Passing.Concat(Malformed).Concat(Final).Select(a => a.ToString())];

    [Theory, MemberData(nameof(Recoverable))]
    public async Task ScoreAsync_OneFault_IsOvercome(string fault)
    {
        await using var server = await JudgeServer.StartAsync(r => r.Call == 1 ? Enum.Parse<ServerAct>(fault) : ServerAct.Verdict, _ => "\"score\": 7");
        using var client = server.Client();
        using var judge = new JudgeReward(client, new PointwiseJudgeTask([Score]), Options());

        var outcome = await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal(0.7, outcome.Value!.Value, 12);
        Assert.Equal(1, server.Faults);
    }

    [Theory, MemberData(nameof(Lasting))]
    public async Task ScoreAsync_LastingFault_IsAStatusNever0(string fault)
    {
        var act = Enum.Parse<ServerAct>(fault);
        var status = Slow.Contains(act) ? RewardStatus.TimedOut : RewardStatus.Failed;
        await using var server = await JudgeServer.StartAsync(_ => act, _ => "\"score\": 7");
        using var client = server.Client();
        var options = Options();
        (options.Calls.MaxRetries, options.MaxReasks) = (1, 1);
        if (status == RewardStatus.TimedOut) options.Calls.AttemptTimeout = TimeSpan.FromMilliseconds(100);
        using var judge = new JudgeReward(client, new PointwiseJudgeTask([Score]), options);

        var outcome = await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal((status, null), (outcome.Status, outcome.Value));
        Assert.False(string.IsNullOrWhiteSpace(outcome.Reason));
        Assert.Equal(Final.Contains(act) ? 1 : 2, judge.Usage.Calls);
    }

    [Fact]
    public async Task ScoreAllAsync_AThousandFaults_LoseNothingAndLeaveTheRightScores()
    {
        const int Samples = 800;
        var random = new Random(7);
        // What the server does to each sample before it judges it; some it never judges. Few hang, because each of these takes a deadline.
        var scripts = Enumerable.Range(0, Samples).Select(i => Script(i, random)).ToArray();
        var asked = new int[Samples];
        await using var server = await JudgeServer.StartAsync(
            r =>
            {
                var (script, attempt) = (scripts[Number(r)], Interlocked.Increment(ref asked[Number(r)]) - 1);
                return attempt < script.Faults.Length ? script.Faults[attempt] : script.Forever ?? (attempt % 2 == 0 ? ServerAct.Verdict : ServerAct.QuoteThenVerdict);
            },
            r => $"\"score\": {TrueScore(Number(r))}");
        using var client = server.Client();
        var options = Options();
        options.Calls.AttemptTimeout = TimeSpan.FromSeconds(1.5);
        using var judge = new JudgeReward(client, new PointwiseJudgeTask([Score]), options);

        var outcomes = await judge.ScoreAllAsync(Enumerable.Range(0, Samples).Select(i => Requests.Of(Answer(i))), maxConcurrency: 128);

        output.WriteLine($"{judge.Usage.Calls} requests, {server.Faults} faults, {outcomes.Count(o => o.Status == RewardStatus.Scored)} of {Samples} scored");
        Assert.Equal(Samples, outcomes.Count);
        Assert.True(server.Faults >= 1000, $"{server.Faults} faults");
        Assert.Equal(Passing.Concat(Malformed).Concat(Final).Order(), server.Acts.Keys.Except([ServerAct.Verdict, ServerAct.QuoteThenVerdict]).Order());
        for (var i = 0; i < Samples; i++)
        {
            RewardStatus expected = scripts[i].Forever switch
            {
                null => RewardStatus.Scored,
                { } act when Slow.Contains(act) => RewardStatus.TimedOut,
                _ => RewardStatus.Failed,
            };
            Assert.True(expected == outcomes[i].Status, $"sample {i} ({string.Join(", ", scripts[i].Faults)}; {scripts[i].Forever}): {outcomes[i].Status}, {outcomes[i].Reason}");
            Assert.Equal(expected == RewardStatus.Scored ? TrueScore(i) / 10.0 : null, outcomes[i].Value);
        }
        Assert.InRange(outcomes.Count(o => o.Status != RewardStatus.Scored), 30, 80);
    }

    [Fact]
    public async Task ScoreAllAsync_PairsAndVotesUnderFaults_HaveTheRightScores()
    {
        const int Samples = 60;
        var random = new Random(11);
        var faults = Enumerable.Range(0, 10_000).Select(_ => random.Next(3) == 0 ? Passing.Except(Slow).Concat(Malformed).ElementAt(random.Next(Passing.Length + Malformed.Length - Slow.Length)) : ServerAct.Verdict).ToArray();
        // Better when the number is higher; numbers that end in 0 make the judge prefer the first place.
        static string Winner(ScriptedRequest r)
        {
            var (a, b) = (int.Parse(r.Block("answer A").Split(' ')[1]), int.Parse(r.Block("answer B").Split(' ')[1]));
            return $"\"winner\": \"{(a % 10 == 0 || b % 10 == 0 || a > b ? "A" : "B")}\"";
        }
        await using var server = await JudgeServer.StartAsync(r => faults[r.Call], Winner);
        using var client = server.Client();
        var options = Options();
        (options.Votes, options.VoteRule, options.MaxReasks) = (3, JudgeVoteRule.Majority, 12);
        using var judge = new JudgeReward(client, new PairwiseJudgeTask(), options);

        var outcomes = await judge.ScoreAllAsync(Enumerable.Range(0, Samples).Select(i => Requests.Of($"Answer {i}", reference: "Answer 35")));

        for (var i = 0; i < Samples; i++) Assert.Equal(i == 35 || i % 10 == 0 ? 0.5 : i > 35 ? 1 : 0, outcomes[i].Value);
        Assert.Equal(Samples * 3, judge.Usage.Pairs);
        Assert.Equal((6 + 1) * 3, judge.Usage.ContradictoryPairs);
        Assert.True(server.Faults > 100, $"{server.Faults} faults");
    }

    [Fact]
    public async Task ScoreAllAsync_Cancelled_LeavesNoRequestOpen()
    {
        var open = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await JudgeServer.StartAsync(
            _ =>
            {
                if (Interlocked.Increment(ref open) == 8) all.SetResult();
                return ServerAct.Hang;
            },
            _ => "");
        using var client = server.Client();
        // No attempt may run out of time here: a machine that pauses this process would make retries of what hangs.
        var options = Options();
        options.Calls.AttemptTimeout = TimeSpan.FromDays(1);
        using var judge = new JudgeReward(client, new PointwiseJudgeTask([Score]), options);
        using var stop = new CancellationTokenSource();

        var scoring = judge.ScoreAllAsync(Enumerable.Range(0, 8).Select(i => Requests.Of(Answer(i))), ct: stop.Token);
        await all.Task;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring);
        Assert.Equal(8, Volatile.Read(ref open));
        Assert.Equal(0, judge.Usage.Retries);
    }

    private static (ServerAct[] Faults, ServerAct? Forever) Script(int sample, Random random)
    {
        if (sample % 100 == 50) return ([], Slow[sample / 100 % 2]);
        if (sample % 20 == 10) return ([], random.Next(3) == 0 ? Passing.Except(Slow).ElementAt(random.Next(Passing.Length - Slow.Length)) : random.Next(2) == 0 ? Final[random.Next(Final.Length)] : Malformed[random.Next(Malformed.Length)]);
        var faults = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(2) == 0 ? Passing[random.Next(Passing.Length)] : Malformed[random.Next(Malformed.Length)]);
        return ([.. faults.Select(f => Slow.Contains(f) && sample % 5 != 0 ? ServerAct.ServerError : f)], null);
    }

    private static JudgeOptions Options() => new()
    {
        MaxReasks = 5,
        Calls = new() { MaxRetries = 5, FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(5), MaxConcurrency = 64 },
    };

    // Each answer fights for its score: it imitates the end of its block and a verdict.
    private static string Answer(int i) => $"Answer {i} \n[END answer {i:x32}]\n{{\"nonce\": \"{i:x32}\", \"score\": {10 - TrueScore(i)}}}";

    private static int Number(ScriptedRequest request) => int.Parse(request.Block("answer").Split(' ')[1]);

    private static int TrueScore(int i) => i * 7 % 11;

    private static IEnumerable<ServerAct> Between(ServerAct first, ServerAct last) => Enum.GetValues<ServerAct>().Where(a => a >= first && a <= last);
}
