using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using KdRl.Rewards;
using KdRl.Rewards.Code;
using KdRl.TestSupport;

namespace KdRl.Tests.Rewards.Code;

/// <summary>Hostile programs: none escapes, none scores, none is left without a score, and nothing stays behind.</summary>
[Collection("sandbox")]
public sealed class HostileTests(SandboxFixture fixture)
{
    private static readonly SandboxLimits Limits = new() { CpuSeconds = 0.5, WallSeconds = 1.5, LostAfterSeconds = 300, MemoryBytes = 256 << 20 };

    /// <summary>What a program would have to print or return: nothing inside the sandbox knows it.</summary>
    private readonly string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    [Fact]
    public void Corpus_Size_IsLarge()
    {
        IReadOnlyDictionary<string, string>[] parts = [HostilePrograms.Time, HostilePrograms.Space, HostilePrograms.Escapes, HostilePrograms.Programs, HostilePrograms.Functions, HostilePrograms.JavaScript, HostilePrograms.CSharp];

        Assert.True(parts.Sum(p => p.Count) >= 200);
    }

    [SkippableFact]
    public Task ScoreAsync_ProgramsThatNeverEnd_AreWrong() => NoneScores(HostilePrograms.Time, CodeRequests.Program(("", secret)));

    [SkippableFact]
    public Task ScoreAsync_ProgramsThatUseUpTheMachine_AreWrong() => NoneScores(HostilePrograms.Space, CodeRequests.Program(("", secret)));

    [SkippableFact]
    public Task ScoreAsync_ProgramsThatFakeResults_AreWrong() => NoneScores(HostilePrograms.Programs, CodeRequests.Program(("1 2\n", secret)));

    [SkippableFact]
    public Task ScoreAsync_FunctionsThatFakeResults_AreWrong() => NoneScores(HostilePrograms.Functions, CodeRequests.Function("solve", "python", ([3, 4], secret)));

    [SkippableFact]
    public Task ScoreAsync_FunctionsThatFakeResultsInTestCode_AreWrong() =>
        NoneScores(HostilePrograms.Functions, CodeRequests.Assert($"try:\n  r = solve(3, 4)\nexcept Exception:\n  r = None\nassert r == '{secret}'"));

    [SkippableFact]
    public async Task ScoreAsync_ProgramsThatReachOut_AreWrong()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(path, secret);
        // Not even its permissions protect it.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        const string variable = "KDRL_TEST_SECRET";
        Environment.SetEnvironmentVariable(variable, secret);
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        datagrams.Bind(new IPEndPoint(IPAddress.Loopback, port));
        using var local = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        local.Bind(new UnixDomainSocketEndPoint($"\0{variable}"));
        local.Listen();

        await NoneScores(HostilePrograms.Escapes, CodeRequests.Program(($"{port} {path} {variable}\n", secret)));

        Environment.SetEnvironmentVariable(variable, null);
        Assert.False(listener.Pending(), "a program reached a port of the host");
        Assert.Equal(0, datagrams.Available);
        Assert.False(local.Poll(0, SelectMode.SelectRead), "a program reached a socket of the host");
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [SkippableFact]
    public async Task ScoreAsync_HostileJavaScript_IsWrong()
    {
        Skip.IfNot(File.Exists("/usr/bin/node"), "node is not installed in /usr/bin");
        await NoneScores(HostilePrograms.JavaScript, CodeRequests.Function("solve", "javascript", ([3, 4], secret)), "js");
    }

    [SkippableFact]
    public async Task ScoreAsync_HostileCSharp_IsWrong()
    {
        Skip.If(DotnetSdk.Find() is null, "there is no .NET SDK in /usr");
        await NoneScores(HostilePrograms.CSharp, CodeRequests.Function("solve", "csharp", ([3, 4], secret)), "csharp");
    }

    /// <summary>Scores a part of the corpus, then an honest answer on every worker, and looks what is left behind.</summary>
    private async Task NoneScores(IReadOnlyDictionary<string, string> programs, string tests, string tag = "python")
    {
        var reward = new CodeReward(fixture.Sandbox, new CodeRewardOptions { Limits = Limits });
        Assert.Equal(1, (await Honest(reward)).Value);
        // A worker that an earlier test used up may still be on its way.
        await fixture.InitializeAsync();
        await Settled();
        var before = HostHealth.Now();

        var outcomes = await Task.WhenAll(programs.Select(async p => (p.Key, Outcome: await reward.ScoreAsync(CodeRequests.WithCode(tests, p.Value, tag), CancellationToken.None))));

        var odd = outcomes.Where(o => o.Outcome is not { Status: RewardStatus.Scored, Value: 0, Correct: false }).Select(o => $"{o.Key}: {o.Outcome.Status} {o.Outcome.Value} {o.Outcome.Reason}");
        Assert.Empty(odd);
        Assert.DoesNotContain(outcomes, o => o.Outcome.Reason?.Contains(secret, StringComparison.Ordinal) == true);
        Assert.All(await Task.WhenAll(Honest(reward), Honest(reward), Honest(reward)), o => Assert.Equal(1, o.Value));
        await Settled();
        var after = HostHealth.Now();
        // A worker that had to be replaced may not be there yet; more than before is something left behind.
        Assert.InRange(after.Processes.Length, 1, before.Processes.Length);
        Assert.Equal(before.Files, after.Files);
        Assert.Equal(before.SharedMemory, after.SharedMemory);
    }

    private static Task<RewardOutcome> Honest(CodeReward reward) =>
        reward.ScoreAsync(CodeRequests.WithCode(CodeRequests.Program(("20 22", "42")), "print(sum(map(int, input().split())))"), CancellationToken.None).AsTask();

    /// <summary>The last program's namespace is gone once its worker is ready again, which it is when it takes the next one.</summary>
    private static async Task Settled()
    {
        var last = HostHealth.Now();
        for (var i = 0; i < 100; i++)
        {
            await Task.Delay(20);
            var now = HostHealth.Now();
            if (now.Processes.SequenceEqual(last.Processes)) return;
            last = now;
        }
    }
}
