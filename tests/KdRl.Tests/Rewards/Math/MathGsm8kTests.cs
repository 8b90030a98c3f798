using System.Text.Json;
using KdRl.Rewards;
using KdRl.TestSupport;

namespace KdRl.Tests.Rewards;

public class MathGsm8kTests
{
    /// <summary>Real answers of four models, labelled by the data set's authors.</summary>
    [SkippableFact]
    public void Verify_RealAnswers_ReproducesEveryLabel()
    {
        var file = SharedData.Path("gsm8k", "example_model_solutions.jsonl");
        var options = MathVerifierOptions.Lenient;
        List<string> wrong = [];
        var labels = 0;
        foreach (var line in File.ReadLines(file))
        {
            using var document = JsonDocument.Parse(line);
            var solution = document.RootElement.GetProperty("ground_truth").GetString()!;
            var reference = solution[(solution.LastIndexOf("A:", StringComparison.Ordinal) + 2)..];
            foreach (var model in document.RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object))
            {
                labels++;
                var response = model.Value.GetProperty("solution").GetString()!;
                var verdict = MathVerifier.Verify(reference, response, options);
                if (verdict.IsCorrect != model.Value.GetProperty("is_correct").GetBoolean()) wrong.Add($"{reference} | {verdict.ExtractedAnswer}");
            }
        }

        Assert.Equal(5276, labels);
        Assert.Empty(wrong);
    }

    [SkippableFact]
    public void Verify_WorkedSolutionsAsResponse_FindTheirOwnAnswer()
    {
        foreach (var line in File.ReadLines(SharedData.Path("gsm8k", "test.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var solution = document.RootElement.GetProperty("answer").GetString()!;
            var reference = solution[(solution.LastIndexOf("####", StringComparison.Ordinal) + 4)..];

            Assert.True(MathVerifier.Verify(reference, solution, MathVerifierOptions.Lenient).IsCorrect, solution);
            Assert.True(MathVerifier.Verify(solution, $@"\boxed{{{reference}}}").IsCorrect, solution);
        }
    }
}
