using KdRl.Distillation;
using KdRl.Rollouts;

namespace KdRl.Tests.Distillation.Teachers;

public class TeacherRouterTests
{
    [Fact]
    public async Task LogProbsAsync_TwoTasks_AsksEachOnceAndKeepsTheOrder()
    {
        var (math, code) = (new Fixed(-1), new Fixed(-2));
        var router = TeacherRouter.ByTask(
            new Dictionary<string, ITeacher> { ["math"] = math, ["code"] = code },
            [Prompt.FromText("a", "x") with { Task = "math" }, Prompt.FromText("b", "x") with { Task = "code" }]);
        var answers = await router.LogProbsAsync([Rollout("b", 2), Rollout("a", 1), Rollout("b", 3)], default);
        Assert.Equal([[-2, -2], [-1], [-2, -2, -2]], answers);
        Assert.Equal((1, 1), (math.Calls, code.Calls));
    }

    [Fact]
    public async Task LogProbsAsync_UnknownKey_NamesItAndAsksNobody()
    {
        var math = new Fixed(-1);
        var router = new TeacherRouter(new Dictionary<string, ITeacher> { ["math"] = math }, rollout => rollout.PromptId == "a" ? "math" : "chess");
        var thrown = await Assert.ThrowsAsync<ArgumentException>(() => router.LogProbsAsync([Rollout("a", 1), Rollout("q", 1)], default));
        Assert.Contains("'chess' (prompt 'q')", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, math.Calls);
    }

    [Fact]
    public async Task LogProbsAsync_TeacherAnswersAnotherLength_Throws()
    {
        var router = new TeacherRouter(new Dictionary<string, ITeacher> { ["math"] = new Fixed(-1, extra: 1) }, _ => "math");
        Assert.Contains("gave 3 log-probs", (await Assert.ThrowsAsync<InvalidOperationException>(() => router.LogProbsAsync([Rollout("a", 2)], default))).Message, StringComparison.Ordinal);
        Assert.Empty(await router.LogProbsAsync([], default));
    }

    [Fact]
    public async Task ByTask_PromptItDoesNotKnow_Throws()
    {
        var teachers = new Dictionary<string, ITeacher> { ["math"] = new Fixed(-1) };
        var router = TeacherRouter.ByTask(teachers, [Prompt.FromText("a", "x") with { Task = "math" }]);
        Assert.Contains("'z'", (await Assert.ThrowsAsync<ArgumentException>(() => router.LogProbsAsync([Rollout("z", 1)], default))).Message, StringComparison.Ordinal);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => TeacherRouter.ByTask(teachers, [Prompt.FromText("a", "x")])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TeacherRouter(new Dictionary<string, ITeacher>(), _ => "math"));
        Assert.Throws<ArgumentException>(() => new TeacherRouter(new Dictionary<string, ITeacher> { ["math"] = null! }, _ => "math"));
    }

    private static Rollout Rollout(string prompt, int tokens) => new()
    {
        PromptId = prompt,
        PromptTokens = [1],
        CompletionTokens = [.. Enumerable.Repeat(2, tokens)],
        LogProbs = new float[tokens],
        FinishReason = default,
        PolicyVersion = 0,
        Text = "",
    };

    private sealed class Fixed(float logProb, int extra = 0) : ITeacher
    {
        public int Calls { get; private set; }

        public Task<IReadOnlyList<float[]>> LogProbsAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct)
        {
            Calls++;
            return Task.FromResult<IReadOnlyList<float[]>>([.. rollouts.Select(r => Enumerable.Repeat(logProb, r.CompletionTokens.Length + extra).ToArray())]);
        }
    }
}
