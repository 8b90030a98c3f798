using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace KdRl.Training;

/// <summary>
/// Shows a run on the console: a live table on a terminal, a plain line a step elsewhere. It only watches: steps are passed on as they come.
/// </summary>
public sealed class ConsoleReporter
{
    private const int RowsShown = 12;
    private static readonly (string Header, string Metric, string Format)[] Columns =
    [
        ("reward", MetricNames.Reward, "F3"), ("accuracy", MetricNames.Accuracy, "P1"), ("teacher KL", MetricNames.TeacherKl, "F4"),
        ("entropy", MetricNames.Entropy, "F3"), ("length", MetricNames.MeanLength, "F1"), ("grad", MetricNames.GradNorm, "G3"),
        ("tok/s", MetricNames.TokensPerSecond, "N0"),
    ];

    private readonly IAnsiConsole console;
    private readonly Queue<StepReport> recent = [];
    private double lastHeldOut = double.NaN;

    /// <summary>Makes a reporter.</summary>
    /// <param name="console">Where to write. Null: standard output.</param>
    public ConsoleReporter(IAnsiConsole? console = null) => this.console = console ?? AnsiConsole.Console;

    /// <summary>Prints plan and options, runs the trainer to its end and shows every step.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="ct">Cancels the run.</param>
    public async Task RunAsync(KdrlTrainer trainer, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        foreach (var line in trainer.Plan.Lines) Line(line);
        Line(trainer.OptionsJson);
        await ShowAsync(trainer.RunAsync(ct), trainer.Plan.Steps, ct).ConfigureAwait(false);
    }

    /// <summary>Shows steps until there are no more.</summary>
    /// <param name="steps">The steps of a run.</param>
    /// <param name="planned">Steps the run will have, for the time left.</param>
    /// <param name="ct">Cancels the run.</param>
    public async Task ShowAsync(IAsyncEnumerable<StepReport> steps, long planned, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var clock = new EtaClock(planned);
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            await foreach (var step in steps.WithCancellation(ct).ConfigureAwait(false)) Plain(step, clock.After(step.Step));
            return;
        }

        await console.Live(new Table()).StartAsync(async live =>
        {
            await foreach (var step in steps.WithCancellation(ct).ConfigureAwait(false)) live.UpdateTarget(Draw(step, planned, clock.After(step.Step)));
        }).ConfigureAwait(false);
    }

    private void Plain(StepReport step, TimeSpan? left)
    {
        var cells = Columns.Where(c => step.Metrics.ContainsKey(c.Metric)).Select(c => $"{c.Header} {Format(step[c.Metric], c.Format)}");
        if (step.Evaluation is { } evaluation) cells = cells.Append($"held-out {evaluation.Accuracy:P1}");
        if (left is not null) cells = cells.Append($"ETA {Format(left.Value)}");
        Line($"step {step.Step}: {string.Join(", ", cells)}");
        foreach (var warning in step.Warnings) Line($"  warning: {warning}");
        if (step.StopReason is not null) Line($"  stopped: {step.StopReason}");
    }

    /// <summary>A line as it is: the console would break it at the width of a terminal that is not there.</summary>
    private void Line(string text) => console.Profile.Out.Writer.WriteLine(text);

    private Rows Draw(StepReport step, long planned, TimeSpan? left)
    {
        recent.Enqueue(step);
        if (recent.Count > RowsShown) recent.Dequeue();
        if (step.Evaluation is { } evaluation) lastHeldOut = evaluation.Accuracy;
        var table = new Table().Border(TableBorder.Rounded)
            .Title($"step {step.Step} of {planned}{(double.IsNaN(lastHeldOut) ? "" : $", held-out {lastHeldOut:P1}")}{(left is null ? "" : $", ETA {Format(left.Value)}")}");
        table.AddColumn("step");
        foreach (var column in Columns) table.AddColumn(new TableColumn(column.Header).RightAligned());
        table.AddColumn(new TableColumn("held-out").RightAligned());
        foreach (var row in recent)
            table.AddRow([row.Step.ToString(CultureInfo.InvariantCulture), .. Columns.Select(c => Format(row[c.Metric], c.Format)),
                row.Evaluation is null ? "" : row.Evaluation.Accuracy.ToString("P1", CultureInfo.InvariantCulture)]);
        var warnings = recent.SelectMany(r => r.Warnings.Select(w => (r.Step, Text: w))).TakeLast(3);
        return new Rows([table, .. warnings.Select(w => new Markup($"[yellow]step {w.Step}: {Markup.Escape(w.Text)}[/]")),
            .. step.StopReason is null ? Array.Empty<Markup>() : [new Markup($"[green]stopped: {Markup.Escape(step.StopReason)}[/]")]]);
    }

    private static string Format(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);

    private static string Format(TimeSpan left) => left.ToString(left.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    /// <summary>Estimates the time left from the steps seen so far; a resumed run starts anew.</summary>
    private sealed class EtaClock(long planned)
    {
        private long first = -1, start;

        public TimeSpan? After(long step)
        {
            if (first < 0) (first, start) = (step, Stopwatch.GetTimestamp());
            return step > first ? Stopwatch.GetElapsedTime(start) * ((planned - step) / (double)(step - first)) : null;
        }
    }
}
