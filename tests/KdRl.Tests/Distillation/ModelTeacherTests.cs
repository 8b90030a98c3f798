using KdRl.Distillation;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Tests.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation;

[Collection("torch")]
public class ModelTeacherTests
{
    [Fact]
    public async Task LogProbsAsync_Rollouts_AreScoredOnTheCompletionAlone()
    {
        using var model = new TinyCausalModel();
        using var thread = new TorchThread();
        var teacher = new ModelTeacher(model, thread, 0.7, tokenBudget: 8);
        var result = await teacher.LogProbsAsync([Rollout([1, 2, 3], [4, 5]), Rollout([1], [2, 3, 4, 5]), Rollout([1, 2], [])], CancellationToken.None);
        Assert.Equal([2, 4, 0], result.Select(r => r.Length));
        // Both score the same tokens after the same beginning.
        Assert.Equal(result[0][0], result[1][2], 1e-5f);
        Assert.Equal(result[0][1], result[1][3], 1e-5f);
        using var scope = NewDisposeScope();
        var ids = tensor(new long[,] { { 1, 2, 3 } });
        var hidden = model.Hidden(ids, tensor(new long[,] { { 0, 1, 2 } }), null);
        var logits = nn.functional.linear(hidden, model.OutputWeight) / 0.7;
        Assert.Equal(logits.log_softmax(-1)[0, 2, 4].item<float>(), result[0][0], 1e-5f);
    }

    [Fact]
    public async Task LogProbsAsync_EmptyPrompt_IsRefused()
    {
        using var model = new TinyCausalModel();
        using var thread = new TorchThread();
        await Assert.ThrowsAsync<ArgumentException>(() => new ModelTeacher(model, thread).LogProbsAsync([Rollout([], [4])], CancellationToken.None));
    }

    [Fact]
    public void Constructor_BadArguments_AreRefused()
    {
        using var model = new TinyCausalModel();
        using var thread = new TorchThread();
        Assert.Throws<ArgumentOutOfRangeException>(() => new ModelTeacher(model, thread, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ModelTeacher(model, thread, 1, 0));
    }

    private static Rollout Rollout(int[] prompt, int[] completion) => new()
    {
        PromptId = "p",
        PromptTokens = prompt,
        CompletionTokens = completion,
        LogProbs = new float[completion.Length],
        FinishReason = FinishReason.Stop,
        PolicyVersion = 0,
        Text = "",
    };
}
