using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>Has a function called for each case and compares what it returns here, outside the sandbox.</summary>
/// <remarks>
/// The calls go in together, with ids that nobody can guess, so that what the program prints by itself is not taken for a reply. It knows its own
/// calls, of course; but a reply that it makes up is right only if it is the right value. When it dies in a call, the calls behind it go to a new run.
/// </remarks>
internal static class FunctionGrader
{
    public static async Task<Grade> GradeAsync(FunctionTests tests, SandboxProgram host, ISandbox sandbox, GradeRules rules, CancellationToken ct)
    {
        var grade = new Grade(tests.Cases.Count);
        while (!rules.IsDecided(grade))
        {
            var cases = tests.Cases.Skip(grade.Run).ToList();
            var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var expected = cases.Sum(c => (long)c.Result.GetRawText().Length);
            // Encoding a value may take a few times the space of plain JSON.
            var limits = host.Limits with { OutputBytes = host.Limits.OutputBytes + 4 * expected };
            var run = await sandbox.RunAsync(host with { StandardInput = Requests(tests.Function, cases, nonce), Limits = limits }, ct).ConfigureAwait(false);
            if (run.IsFault) grade.Fail(run);
            else AddReplies(grade, cases, Replies(run.StandardOutput, nonce), run, rules);
        }
        return grade;
    }

    private static void AddReplies(Grade grade, List<FunctionCase> cases, Dictionary<int, JsonElement> replies, SandboxResult run, GradeRules rules)
    {
        for (var i = 0; i < cases.Count && !rules.IsDecided(grade); i++)
        {
            if (!replies.TryGetValue(i, out var reply))
            {
                grade.Add(RunWords.Outcome(run), $"no reply, {RunWords.Of(run)}");
                return;
            }
            if (reply.TryGetProperty("error", out var error)) grade.Add(CaseOutcome.Crashed, error.GetRawText());
            else if (reply.TryGetProperty("value", out var value) && ValueComparer.AreEqual(cases[i].Result, value)) grade.Add(CaseOutcome.Passed, "");
            else grade.Add(CaseOutcome.WrongAnswer, $"returned {reply.GetRawText()}");
        }
    }

    private static string Requests(string function, List<FunctionCase> cases, string nonce)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < cases.Count; i++)
            lines.Append(JsonSerializer.Serialize(new { id = $"{nonce}-{i}", path = function, args = cases[i].Args })).Append('\n');
        return lines.ToString();
    }

    /// <summary>The first reply to each call; lines that are none are skipped.</summary>
    private static Dictionary<int, JsonElement> Replies(string output, string nonce)
    {
        Dictionary<int, JsonElement> replies = [];
        foreach (var line in output.Split('\n').Where(line => line.Contains(nonce, StringComparison.Ordinal)))
            if (Parse(line) is { ValueKind: JsonValueKind.Object } reply && reply.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                && id.GetString()!.Split('-') is [var found, var number] && found == nonce && int.TryParse(number, out var index))
                replies.TryAdd(index, reply);
        return replies;
    }

    private static JsonElement? Parse(string line)
    {
        try
        {
            return StrictJson.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
