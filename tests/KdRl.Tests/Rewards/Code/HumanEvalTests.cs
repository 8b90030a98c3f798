using System.IO.Compression;
using System.Text.Json;
using KdRl.Rewards;
using KdRl.Rewards.Code;
using KdRl.TestSupport;

namespace KdRl.Tests.Rewards.Code;

/// <summary>HumanEval (arXiv 2107.03374): what its authors call right is right, and what returns something else is wrong.</summary>
[Collection("sandbox")]
public sealed class HumanEvalTests(SandboxFixture fixture)
{
    /// <summary>Changes whatever a function returns.</summary>
    private const string Mutation = """

        def _changed(value):
            if isinstance(value, bool): return not value
            if isinstance(value, (int, float)): return value + 1
            if isinstance(value, str): return value + "x"
            if isinstance(value, list): return value + [None]
            if isinstance(value, tuple): return value + (None,)
            if isinstance(value, dict): return {**value, "x": None}
            return 0 if value is None else None
        _original = ENTRY
        def ENTRY(*arguments): return _changed(_original(*arguments))

        """;

    [SkippableFact]
    public async Task ScoreAsync_CanonicalSolutions_AllPass()
    {
        var wrong = await WrongOnes(problem => problem.Solution);

        Assert.Empty(wrong);
    }

    [SkippableFact]
    public async Task ScoreAsync_MutatedSolutions_AllFail()
    {
        var wrong = await WrongOnes(problem => problem.Solution + Mutation.Replace("ENTRY", problem.Entry, StringComparison.Ordinal));

        Assert.Equal(164, wrong.Count);
    }

    /// <summary>Ids and reasons of the answers that are wrong; a missing score fails the test.</summary>
    private async Task<List<string>> WrongOnes(Func<Problem, string> answer)
    {
        var problems = Read(SharedData.Path("humaneval", "HumanEval.jsonl.gz"));
        var reward = new CodeReward(fixture.Sandbox, tests: request => problems[int.Parse(request.Prompt.Reference!)].Tests);
        var outcomes = await Task.WhenAll(problems.Select((p, i) => reward.ScoreAsync(CodeRequests.WithCode($"{i}", answer(p)), CancellationToken.None).AsTask()));
        Assert.All(outcomes, o => Assert.Equal((RewardStatus.Scored, null), (o.Status, o.Status == RewardStatus.Scored ? null : o.Reason)));
        return [.. outcomes.Select((o, i) => (o, i)).Where(x => x.o.Value != 1).Select(x => $"{x.i}: {x.o.Reason}")];
    }

    private static List<Problem> Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        List<Problem> problems = [];
        while (reader.ReadLine() is { } line)
        {
            var problem = JsonElement.Parse(line);
            string Text(string name) => problem.GetProperty(name).GetString()!;
            var entry = Text("entry_point");
            // The prompt gives the tests the helpers that some of them use, so that they do not ask the answer for them.
            var tests = new AssertTests($"{Text("prompt")}    pass\ndel {entry}\n{Text("test")}\ncheck({entry})\n") { Names = [entry] };
            problems.Add(new Problem(entry, Text("prompt") + Text("canonical_solution"), tests));
        }
        Assert.Equal(164, problems.Count);
        return problems;
    }

    private sealed record Problem(string Entry, string Solution, AssertTests Tests);
}
