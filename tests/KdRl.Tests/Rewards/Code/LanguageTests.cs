using KdRl.Rewards;
using KdRl.Rewards.Code;

namespace KdRl.Tests.Rewards.Code;

/// <summary>Each language, with each kind of tests.</summary>
[Collection("sandbox")]
public sealed class LanguageTests(SandboxFixture fixture)
{
    private const string PythonClass = "class Solution:\n  def __init__(self): self.seen = []\n  def add(self, a, b):\n    self.seen.append(a); print('noise'); return a + b if len(self.seen) == 1 else None";

    [SkippableTheory]
    [InlineData("python", "print(sum(map(int, input().split())))", 1)]
    [InlineData("py", "import sys\nprint(sum(int(x) for x in open('/dev/stdin').read().split())); exit()", 1)]
    [InlineData("python", "if __name__ == '__main__':\n  a, b = map(int, input().split()); print(a + b, end='')", 1)]
    [InlineData("python", "print(3)", 0.5)]
    [InlineData("python", "print(sum(map(int, input().split()))); raise ValueError", 0.1 / 2)]
    [InlineData("python", "def f(", 0)]
    [InlineData("js", "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number); console.log(a + b)", 1)]
    [InlineData("javascript", "let s = ''; process.stdin.on('data', d => s += d).on('end', () => console.log(eval(s.replace(' ', '+'))))", 1)]
    [InlineData("js", "console.log(3)", 0.5)]
    [InlineData("csharp", "Console.WriteLine(Console.ReadLine()!.Split().Sum(int.Parse));", 1)]
    [InlineData("cs", "class P { static void Main() { Console.WriteLine(3) } }", 0)]
    public async Task ScoreAsync_Program_IsRun(string tag, string code, double value)
    {
        var tests = CodeRequests.Program(("1 2", "3"), ("20 22", "42\n"));

        var outcome = await Score(tag, tests, code, value is 0.1 / 2 or 0 ? CodeScoring.Staged : CodeScoring.PassRate);

        Assert.Equal((RewardStatus.Scored, value), (outcome.Status, outcome.Value));
    }

    [SkippableTheory]
    [InlineData("python", "add", "def add(a, b): return a + b", 1)]
    [InlineData("python", "add", "add = lambda a, b: [*a, *b] if isinstance(a, list) else a + b", 1)]
    [InlineData("python", "Solution.add", PythonClass, 1)] // each call gets a new instance
    [InlineData("python", "add", "def add(a, b):\n  if a == 'x': raise ValueError\n  return a + b", 0.75)]
    [InlineData("python", "add", "import os\ndef add(a, b):\n  if a == 'x': os._exit(0)\n  return a + b", 0.75)] // the calls behind it are not lost
    [InlineData("js", "add", "const add = (a, b) => Array.isArray(a) ? [...a, ...b] : a + b;", 1)]
    [InlineData("js", "add", "async function add(a, b) { console.log('noise'); return Array.isArray(a) ? a.concat(b) : a + b; }", 1)]
    [InlineData("js", "Solution.add", "class Solution { add(a, b) { return Array.isArray(a) ? a.concat(b) : a + b; } }", 1)]
    [InlineData("js", "add", "module.exports = { add: (a, b) => a + b };", 0.75)] // "1,23" is no list
    [InlineData("csharp", "Solution.Add", "using System.Text.Json;\npublic class Solution { public object Add(JsonElement a, JsonElement b) => a.ValueKind switch { JsonValueKind.String => a.GetString() + b, JsonValueKind.Array => a.EnumerateArray().Concat(b.EnumerateArray()).Select(x => x.GetInt32()), _ => a.GetDouble() + b.GetDouble() }; }", 1)]
    public async Task ScoreAsync_Function_IsCalled(string tag, string name, string code, double value)
    {
        var tests = CodeRequests.Function(name, Language(tag), ([1, 2], 3), (["x", "y"], "xy"), ([new[] { 1, 2 }, new[] { 3 }], new[] { 1, 2, 3 }), ([0.1, 0.2], 0.3));

        var outcome = await Score(tag, tests, code);

        Assert.Equal((RewardStatus.Scored, value), (outcome.Status, outcome.Value));
    }

    [SkippableTheory]
    [InlineData("python", "def f(x): return x + 1", "assert f(1) == 2\nassert f(1.5) == 2.5\nfrom solution import f as g\nassert g(0) == 1", 1)]
    [InlineData("python", "def f(x): return x - 1", "assert f(1) == 2", 0)]
    [InlineData("python", "def f(x): return {1: (x, None, True)}, {2.5, 'a'}, b'x', 1j, 10 ** 30", "assert f(3) == ({1: (3, None, True)}, {'a', 2.5}, b'x', 1j, 10 ** 30)", 1)]
    [InlineData("python", "def f(x): x.sort()", "x = [2, 1]\nf(x)\nassert x == [1, 2]", 1)] // in place
    [InlineData("python", "def f(x): yield from range(x)", "assert list(f(3)) == [0, 1, 2]", 1)]
    [InlineData("python", "class Stack:\n  def __init__(self): self.items = []\n  def push(self, x): self.items.append(x)\n  def __len__(self): return len(self.items)", "s = Stack()\ns.push(1)\nassert len(s) == 1 and s.items == [1]", 1)]
    [InlineData("python", "def f(x): raise ValueError('bad')", "try:\n  f(1)\n  assert False\nexcept ValueError as e:\n  assert str(e) == 'bad'", 1)]
    [InlineData("python", "def f(x): return 1", "def test_one(): assert f(0) == 1\ndef test_two(): assert f(0) == 2", 0)]
    [InlineData("python", "def f(x): return float('nan'), float('inf')", "a, b = f(0)\nassert a != a and b == float('inf')", 1)]
    [InlineData("python", "def helper(): return 2", "assert f(1) == 2", 0)] // there is no f
    [InlineData("js", "function f(x) { return x + 1 }", "assert.strictEqual(f(1), 2)", 1)]
    [InlineData("js", "function f(x) { return x - 1 }", "assert.strictEqual(f(1), 2)", 0)]
    [InlineData("js", "const f = x => ({ a: [x, null, undefined, NaN, 10n], b: new Map([[1, 'x']]), c: new Set([1]) })", "assert.deepStrictEqual(f(1), { a: [1, null, undefined, NaN, 10n], b: new Map([[1, 'x']]), c: new Set([1]) })", 1)]
    [InlineData("js", "class Stack { constructor() { this.items = [] } push(x) { this.items.push(x) } }", "const s = new Stack(); s.push(1); assert.deepStrictEqual(s.items, [1])", 1)]
    [InlineData("js", "const f = x => { x.sort() }", "const x = [2, 1]; f(x); assert.deepStrictEqual(x, [1, 2])", 1)]
    [InlineData("js", "const f = () => { throw new RangeError('bad') }", "assert.throws(() => f(1), RangeError)", 1)]
    public async Task ScoreAsync_TestCode_QuestionsTheAnswer(string tag, string code, string test, double value)
    {
        var outcome = await Score(tag, CodeRequests.Assert(test, Language(tag)), code);

        Assert.Equal((RewardStatus.Scored, value), (outcome.Status, outcome.Value));
    }

    [SkippableFact]
    public async Task ScoreAsync_Names_KeepHelpersOfTheAnswerOut()
    {
        const string Cheat = "def f(x): return 7\ndef check(a, b): return True";
        var reward = new CodeReward(fixture.Sandbox, tests: _ => new AssertTests("assert check(f(1), 2)"));
        var strict = new CodeReward(fixture.Sandbox, tests: _ => new AssertTests("assert check(f(1), 2)") { Names = ["f"] });

        Assert.Equal(1, (await reward.ScoreAsync(CodeRequests.WithCode("", Cheat), CancellationToken.None)).Value);
        Assert.Equal(0, (await strict.ScoreAsync(CodeRequests.WithCode("", Cheat), CancellationToken.None)).Value);
    }

    [SkippableTheory]
    [InlineData("python", "assert f(1) == ")]
    [InlineData("js", "assert.equal(f(1), ")]
    public async Task ScoreAsync_TestCodeThatDoesNotCompile_HasNoScore(string tag, string test)
    {
        var outcome = await Score(tag, CodeRequests.Assert(test, Language(tag)), tag == "js" ? "const f = 1" : "f = 1");

        Assert.Equal(RewardStatus.Failed, outcome.Status);
    }

    [SkippableTheory]
    [InlineData("python", "def f(g, x): return g(x)", "assert f(lambda x: x + 1, 1) == 2", "hand a function")]
    [InlineData("python", "class P: pass", "p = P()\np.x = 1\nassert p.x == 1", "set x")]
    [InlineData("python", "def f(x): return 1", "try: f(iter([1]))\nexcept BaseException: pass\nassert f(1) == 1", "hand a list_iterator")] // the test does not get around it
    [InlineData("js", "function f(g, x) { return g(x) }", "assert.strictEqual(f(x => x + 1, 1), 2)", "hand a function")]
    [InlineData("js", "class P {}", "const p = new P(); p.x = 1; assert.strictEqual(p.x, 1)", "set x")]
    public async Task ScoreAsync_TestCodeThatAsksForWhatCannotBe_HasNoScore(string tag, string code, string test, string reason)
    {
        var outcome = await Score(tag, CodeRequests.Assert(test, Language(tag)), code);

        Assert.Equal((RewardStatus.Failed, null), (outcome.Status, outcome.Value));
        Assert.Contains($"the test code failed, not the answer: exit code 66: a test cannot {reason}", outcome.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ScoreAsync_TestCodeInCSharp_HasNoScore()
    {
        var outcome = await Score("cs", CodeRequests.Assert("Debug.Assert(true);", "csharp"), "class P { }");

        Assert.Equal(RewardStatus.Failed, outcome.Status);
        Assert.Contains("cannot be run", outcome.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ScoreAsync_InterpreterThatIsMissing_HasNoScore()
    {
        var reward = new CodeReward(fixture.Sandbox, new CodeRewardOptions { Languages = [new ScriptLanguage("python", ["python"], ["kdrl-no-such-program"], "x", "", "", false)] });

        var outcome = await reward.ScoreAsync(CodeRequests.WithCode(CodeRequests.Program(("1", "1")), "x"), CancellationToken.None);

        Assert.Equal((RewardStatus.Failed, null), (outcome.Status, outcome.Value));
        Assert.Contains("cannot start kdrl-no-such-program", outcome.Reason, StringComparison.Ordinal);
    }

    private async Task<RewardOutcome> Score(string tag, string tests, string code, CodeScoring scoring = CodeScoring.PassRate)
    {
        var language = Language(tag);
        Skip.If(language == "javascript" && !File.Exists("/usr/bin/node"), "node is not installed in /usr/bin");
        Skip.If(language == "csharp" && DotnetSdk.Find() is null, "there is no .NET SDK in /usr");
        if (!tests.Contains("language", StringComparison.Ordinal)) tests = tests.Insert(1, $"\"language\":\"{language}\",");
        var reward = new CodeReward(fixture.Sandbox, new CodeRewardOptions { Scoring = scoring });
        return await reward.ScoreAsync(CodeRequests.WithCode(tests, code, tag), CancellationToken.None);
    }

    private static string Language(string tag) => tag switch
    {
        "js" or "javascript" => "javascript",
        "cs" or "csharp" => "csharp",
        _ => "python",
    };
}
