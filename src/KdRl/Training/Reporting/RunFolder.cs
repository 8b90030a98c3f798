using System.Text.Json;
using KdRl.Rewards;

namespace KdRl.Training;

/// <summary>What a run leaves on disk beside its checkpoints.</summary>
internal sealed class RunFolder
{
    private readonly string path, optionsJson;
    private readonly RunOutputOptions options;
    private readonly Func<int, string>? tokenText;
    private readonly JsonLines metrics, completions, rewards;
    private readonly TensorBoardLog? tensorBoard;

    /// <summary>Opens or goes on with a run folder: what was written after the step from which the run goes on is dropped.</summary>
    /// <param name="options">What to write, and where.</param>
    /// <param name="optionsJson">The run's options, resolved.</param>
    /// <param name="resumeStep">The step from which the run goes on; −1 for a new run.</param>
    /// <param name="tokenText">Decodes one token for the samples.</param>
    public RunFolder(RunOutputOptions options, string optionsJson, long resumeStep, Func<int, string>? tokenText)
    {
        (path, this.options, this.optionsJson, this.tokenText) = (options.Folder!, options, optionsJson, tokenText);
        Directory.CreateDirectory(path);
        DurableFiles.Replace(Path.Combine(path, "options.json"), optionsJson);
        metrics = new JsonLines(Path.Combine(path, "metrics.jsonl"));
        completions = new JsonLines(Path.Combine(path, "completions.jsonl"));
        rewards = new JsonLines(Path.Combine(path, "rewards.jsonl"));
        metrics.TruncateAfter(resumeStep);
        completions.TruncateAfter(resumeStep);
        rewards.TruncateAfter(resumeStep);
        if (options.TensorBoard) tensorBoard = new TensorBoardLog(Path.Combine(path, "tensorboard"), isNew: resumeStep < 0);
    }

    /// <summary>Writes the numbers and warnings of a step.</summary>
    public void Write(StepReport report)
    {
        var line = new Dictionary<string, object> { ["step"] = report.Step };
        foreach (var (name, value) in report.Metrics) line[name] = value;
        if (report.Warnings.Count > 0) line["warnings"] = report.Warnings;
        metrics.Append(line);
        tensorBoard?.Write(report.Step, report.Metrics);
    }

    /// <summary>Writes every part of the reward of every completion drawn.</summary>
    public void WriteRewards(long step, IReadOnlyList<ScoredGroup> drawn)
    {
        if (options.Rewards) rewards.AppendAll(RewardRecord.Of(step, drawn));
    }

    /// <summary>Writes samples of a step when they are due, and every completion of an update that was skipped.</summary>
    public void WriteCompletions(long step, IReadOnlyList<ScoredGroup> groups, UpdateResult update)
    {
        if (options.CompletionsEvery > 0 && (step - 1) % options.CompletionsEvery == 0)
            foreach (var record in CompletionRecord.Of(step, groups, update, tokenText, Sample(groups).Contains)) completions.Append(record);
        if (update.SkippedRows.Count == 0) return;
        var rows = update.SkippedRows.ToHashSet();
        Directory.CreateDirectory(Path.Combine(path, "skipped"));
        DurableFiles.Replace(Path.Combine(path, "skipped", $"step-{step}.jsonl"), string.Concat(
            CompletionRecord.Of(step, groups, update, tokenText, rows.Contains).Select(r => JsonSerializer.Serialize(r, RunJson.Line) + '\n')));
    }

    /// <summary>Rows of a sample: one of each prompt before a second of any.</summary>
    private HashSet<int> Sample(IReadOnlyList<ScoredGroup> groups) =>
        [.. groups.SelectMany(g => Enumerable.Range(0, g.Rollouts.Count)).Select((inGroup, row) => (inGroup, row))
            .OrderBy(r => r.inGroup).Take(options.CompletionsPerSample).Select(r => r.row)];

    /// <summary>Writes how the run goes, and the page that shows it.</summary>
    public void Summarise(RunSummary summary)
    {
        DurableFiles.Replace(Path.Combine(path, "summary.json"), JsonSerializer.Serialize(summary, RunJson.Indented));
        if (!options.Report) return;
        var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        DurableFiles.Replace(Path.Combine(path, "report.html"), HtmlReport.Render(title, summary, [.. metrics.Read()], [.. completions.Read()], optionsJson));
    }
}
