using System.Text.Json;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards.Code;

/// <summary>Answers with code, and tests for them.</summary>
internal static class CodeRequests
{
    public static RewardRequest Of(string? tests, string response) => new(Prompt.FromText("q", "?") with { Reference = tests }, new Rollout
    {
        PromptId = "q",
        PromptTokens = [1],
        CompletionTokens = [2],
        LogProbs = [-1],
        FinishReason = FinishReason.Stop,
        PolicyVersion = 0,
        Text = response,
    });

    public static RewardRequest WithCode(string tests, string code, string tag = "python") => Of(tests, $"<think>\nhm\n</think>\n~~~~~{tag}\n{code}\n~~~~~\n");

    public static string Program(params (string Input, string Output)[] cases) =>
        JsonSerializer.Serialize(new { cases = cases.Select(c => new { input = c.Input, output = c.Output }) });

    public static string Function(string name, string language, params (object[] Args, object Result)[] cases) =>
        JsonSerializer.Serialize(new { function = name, language, cases = cases.Select(c => new { args = c.Args, result = c.Result }) });

    public static string Assert(string code, string language = "python") => JsonSerializer.Serialize(new Dictionary<string, string> { ["assert"] = code, ["language"] = language });
}
