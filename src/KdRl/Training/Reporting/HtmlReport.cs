using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace KdRl.Training;

/// <summary>
/// A run on one page: curves, warnings, sample completions coloured by token, options. Everything is inline; whatever a model or a
/// prompt wrote is escaped.
/// </summary>
internal static class HtmlReport
{
    private const int SamplesShown = 12;
    private const double FullColour = 4;

    private static readonly (string Title, (string Metric, string Name)[] Lines)[] Charts =
    [
        ("Reward", [(MetricNames.Reward, "reward"), (MetricNames.Accuracy, "accuracy")]),
        ("Held-out accuracy", [("eval_accuracy", "accuracy")]),
        ("Teacher KL (k3, nats a token)", [(MetricNames.TeacherKl, "k3")]),
        ("Exact divergence (nats a token)", [(MetricNames.TeacherDivergence, "divergence")]),
        ("Teacher − student log-prob, d", [(MetricNames.TeacherGap, "d")]),
        ("Reference KL", [(MetricNames.Kl, "KL")]),
        ("Entropy (nats a token)", [(MetricNames.Entropy, "entropy")]),
        ("Completion tokens", [(MetricNames.MeanLength, "length")]),
        ("Shares", [(MetricNames.ZeroStd, "equal scores"), (MetricNames.ClippedRatio, "truncated")]),
        ("Loss", [(MetricNames.Loss, "loss")]),
        ("Gradient norm", [(MetricNames.GradNorm, "norm")]),
        ("Coefficient of the teacher", [(MetricNames.Beta, "coefficient")]),
        ("Learning rate", [(MetricNames.LearningRate, "rate")]),
        ("Tokens a second", [(MetricNames.TokensPerSecond, "tokens")]),
    ];

    /// <summary>Writes the page.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="summary">How the run went so far.</param>
    /// <param name="metrics">The lines of <c>metrics.jsonl</c>.</param>
    /// <param name="samples">The lines of <c>completions.jsonl</c>.</param>
    /// <param name="options">The options as JSON.</param>
    public static string Render(string title, RunSummary summary, IReadOnlyList<JsonObject> metrics, IReadOnlyList<JsonObject> samples, string options)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Escape(title)).Append("</title><style>").Append(Style).Append("</style></head><body><h1>").Append(Escape(title)).Append("</h1>");
        Summary(html, summary);
        Warnings(html, metrics);
        html.Append("<h2>Curves</h2><div class=\"charts\">");
        foreach (var (heading, lines) in Charts)
            if (SvgChart.Draw(heading, [.. lines.Select(l => new ChartSeries(l.Name, Points(metrics, l.Metric)))]) is { } chart) html.Append("<figure>").Append(chart).Append("</figure>");
        html.Append("</div>");
        Samples(html, samples);
        return html.Append("<h2>Options</h2><details open><summary>options.json</summary><pre>").Append(Escape(options)).Append("</pre></details></body></html>").ToString();
    }

    private static void Summary(StringBuilder html, RunSummary summary)
    {
        html.Append("<table class=\"summary\">");
        Row("Steps", $"{summary.Steps} of {summary.PlannedSteps}{(summary.IsFinished ? "" : ", not finished")}");
        if (summary.StopReason is not null) Row("Ended because", summary.StopReason);
        if (summary.Start is not null && summary.Final is not null)
            Row("Held-out accuracy", $"{summary.Start.Accuracy:P1} at the start, {summary.Final.Accuracy:P1} now, {summary.Best!.Accuracy:P1} at best (step {summary.Best.Step})");
        Row("Updates", $"{summary.Updates} applied, {summary.SkippedUpdates} skipped");
        Row("Completion tokens", summary.Tokens.ToString("N0", CultureInfo.InvariantCulture));
        Row("Time", TimeSpan.FromSeconds(Math.Round(summary.Seconds, 1)).ToString("c", CultureInfo.InvariantCulture).TrimEnd('0'));
        Row("Version", summary.LibraryVersion);
        html.Append("</table>");

        void Row(string name, string value) => html.Append("<tr><th>").Append(Escape(name)).Append("</th><td>").Append(Escape(value)).Append("</td></tr>");
    }

    private static void Warnings(StringBuilder html, IReadOnlyList<JsonObject> metrics)
    {
        var warnings = metrics.Where(m => m["warnings"] is JsonArray).SelectMany(m => m["warnings"]!.AsArray().Select(w => (Step: m["step"], Text: w))).ToArray();
        html.Append("<h2>Warnings</h2>");
        if (warnings.Length == 0) html.Append("<p>None.</p>");
        foreach (var (step, text) in warnings)
            html.Append("<p class=\"warning\"><b>Step ").Append(Escape(step?.ToString())).Append(".</b> ").Append(Escape(text?.ToString())).Append("</p>");
    }

    private static void Samples(StringBuilder html, IReadOnlyList<JsonObject> samples)
    {
        if (samples.Count == 0) return;
        html.Append("<h2>Completions</h2><p>The newest first. Where there was a teacher, a token is <span style=\"background:rgba(220,38,38,.4)\">red</span> when the teacher " +
                    "finds it less likely than the student does (d &lt; 0) and <span style=\"background:rgba(37,99,235,.4)\">blue</span> when more; otherwise the redder, the less " +
                    "likely the student found it. Hover for numbers.</p>");
        foreach (var sample in samples.Reverse().Take(SamplesShown))
        {
            html.Append("<section class=\"sample\"><header>Step ").Append(Escape(sample["step"]?.ToString())).Append(" · ").Append(Escape(sample["prompt_id"]?.ToString()))
                .Append(" · reward ").Append(Escape(sample["reward"]?.ToString() ?? sample["status"]?.ToString()))
                .Append(sample["correct"]?.GetValue<bool>() switch { true => " · right", false => " · wrong", null => "" })
                .Append(" · ended by ").Append(Escape(sample["finish_reason"]?.ToString())).Append(Parts(sample["parts"] as JsonObject))
                .Append("</header><pre class=\"prompt\">").Append(Escape(sample["prompt"]?.ToString())).Append("</pre><pre>");
            Tokens(html, sample);
            html.Append("</pre></section>");
        }
    }

    private static void Tokens(StringBuilder html, JsonObject sample)
    {
        var (student, teacher) = (Numbers(sample["log_probs"]), Numbers(sample["teacher_log_probs"]));
        var tokens = sample["tokens"] as JsonArray ?? [];
        for (var t = 0; t < tokens.Count; t++)
        {
            var own = t < student.Length ? student[t] : double.NaN;
            var gap = t < teacher.Length ? teacher[t] - own : double.NaN;
            var shade = double.IsFinite(gap) ? gap : own;
            var strength = double.IsFinite(shade) ? Math.Min(1, Math.Abs(shade) / FullColour) : 0;
            var colour = shade < 0 ? "220,38,38" : "37,99,235";
            html.Append(CultureInfo.InvariantCulture, $"<span style=\"background:rgba({colour},{strength * 0.6:F2})\" title=\"log-prob {own:F2}");
            if (double.IsFinite(gap)) html.Append(CultureInfo.InvariantCulture, $", teacher {teacher[t]:F2}, d {gap:F2}");
            html.Append("\">").Append(Escape(tokens[t]?.ToString())).Append("</span>");
        }
    }

    private static string Parts(JsonObject? parts) =>
        parts is null || parts.Count == 0 ? "" : " · " + string.Join(", ", parts.Select(p => $"{Escape(p.Key)} {Escape(p.Value?.ToString())}"));

    private static (double, double)[] Points(IReadOnlyList<JsonObject> metrics, string name) =>
        [.. metrics.Where(m => m[name] is not null).Select(m => (Number(m["step"]), Number(m[name])))];

    private static double[] Numbers(JsonNode? array) => array is JsonArray values ? [.. values.Select(Number)] : [];

    // Numbers that are not finite are written as strings.
    private static double Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : double.NaN;

    private static string Escape(string? text) => WebUtility.HtmlEncode(text ?? "");

    private const string Style =
        "body{font:14px/1.45 system-ui,sans-serif;max-width:1320px;margin:24px auto;padding:0 16px;color:#1f2937}h1{font-size:22px}h2{font-size:17px;margin-top:28px}" +
        ".charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(380px,1fr));gap:12px}figure{margin:0;border:1px solid #e5e7eb;border-radius:6px;padding:6px}" +
        "svg{width:100%;height:auto;font-size:11px}svg text{fill:#6b7280}svg .title{font-size:13px;font-weight:600;fill:#111827}.grid{stroke:#e5e7eb}" +
        ".summary th{text-align:left;padding-right:16px;font-weight:600}.warning{background:#fef3c7;border-left:4px solid #d97706;padding:6px 10px;margin:6px 0}" +
        ".sample{border:1px solid #e5e7eb;border-radius:6px;padding:8px;margin:8px 0}.sample header{color:#6b7280;font-size:12px}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0}" +
        ".prompt{color:#4b5563;border-left:3px solid #e5e7eb;padding-left:8px}";
}
