using KdRl.Examples.Quickstart.Tasks;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training;
using KdRl.Transformers;

namespace KdRl.Examples.Quickstart.Preparation;

/// <summary>Sets problems that a model answers greedily.</summary>
/// <param name="problems">The problems.</param>
/// <param name="thread">Where the tensors live.</param>
internal sealed class Examiner(IReadOnlyList<ModularProblem> problems, TorchThread thread)
{
    private const int ExamProblems = 1024;

    /// <summary>The examination whose results are reported: the same held-out problems for every seed.</summary>
    public static Examiner HeldOut(TorchThread thread) => new(Models.Problems.HeldOut(ExamProblems, seed: 0), thread);

    /// <summary>The problems as prompts.</summary>
    public IReadOnlyList<Prompt> Prompts { get; } = [.. problems.Select(p => p.ToPrompt())];

    /// <summary>Share of right answers and the like.</summary>
    public Task<EvaluationReport> ExamineAsync(CausalLM model, CancellationToken ct) =>
        new Evaluator(
            Models.Engine(model, thread), AnswerVerifier.Reward, Prompts, new EvaluationOptions(), Models.Sampling(), seed: 0).RunAsync(0, ct);

    /// <summary>Greedy answers to the first problems.</summary>
    public async Task<IReadOnlyList<string>> AnswersAsync(CausalLM model, int count, CancellationToken ct)
    {
        var answers = new List<string>();
        var greedy = new SamplingOptions { GroupSize = 1, Temperature = 0, MaxNewTokens = Models.Sampling().MaxNewTokens };
        await foreach (var group in Models.Engine(model, thread).GenerateAsync([.. Prompts.Take(count)], greedy, ct))
            answers.Add(group.Rollouts[0].Text);
        return answers;
    }
}
