using KdRl.Training;
using Spectre.Console;

namespace KdRl.Tests.Training.Reporting;

public class ConsoleReporterTests
{
    [Fact]
    public async Task ShowAsync_NotATerminal_WritesALineAStepWithWarnings()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200;

        await new ConsoleReporter(console).ShowAsync(Steps(), planned: 3, default);

        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd()).ToArray();
        Assert.Equal("step 1: reward 0.250, entropy 1.500", lines[0]);
        Assert.StartsWith("step 2: reward 0.500, entropy 1.000, held-out 75.0", lines[1], StringComparison.Ordinal);
        Assert.Contains("ETA", lines[1], StringComparison.Ordinal);
        Assert.Equal("  warning: look [here]", lines[2]);
        Assert.Equal("  stopped: target reached", lines[3]);
    }

    private static async IAsyncEnumerable<StepReport> Steps()
    {
        yield return new StepReport(1, new Dictionary<string, double> { [MetricNames.Reward] = 0.25, [MetricNames.Entropy] = 1.5 });
        await Task.Yield();
        yield return new StepReport(2, new Dictionary<string, double> { [MetricNames.Reward] = 0.5, [MetricNames.Entropy] = 1 })
        {
            Evaluation = new EvaluationReport(2, 0.75, 0.75, 1, 0.7, 3, 0, 0, 0.1), Warnings = ["look [here]"], StopReason = "target reached",
        };
    }
}
