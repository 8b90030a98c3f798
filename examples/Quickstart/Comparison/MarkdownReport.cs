using System.Text;

namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>Writes a comparison as Markdown: the table, the paper's ordering beside what came out, and how it was made.</summary>
internal static class MarkdownReport
{
    public static string Write(ComparisonResult result, string chartFile)
    {
        var text = new StringBuilder()
            .AppendLine("# Methods compared at equal steps").AppendLine()
            .AppendLine($"Greedy accuracy on held-out problems after {result.Steps} steps, in percent: mean over {result.Seeds.Count} seeds "
                + "± half of the 95 % t-interval. All methods of a seed start from the same student and the same teacher.")
            .AppendLine().AppendLine($"![Accuracy of each method]({chartFile})").AppendLine();
        foreach (var teacher in result.Teachers) Table(text, result, teacher);
        text.AppendLine("## The paper's ordering").AppendLine()
            .AppendLine("The paper (arXiv 2506.02208) reports these differences for long reasoning in mathematics. Here they are differences "
                + "of paired runs, in points; a verdict is given only where the 95 % interval excludes 0.").AppendLine()
            .AppendLine("| claim | paper | " + string.Join(" | ", result.Teachers.Select(t => $"{t} teacher | verdict")) + " |")
            .AppendLine("|---|---|" + string.Concat(Enumerable.Repeat("---|---|", result.Teachers.Count)));
        foreach (var claim in PaperClaim.All)
        {
            text.Append($"| {claim.Better} over {claim.Worse} | +{claim.Points:0.0} |");
            foreach (var teacher in result.Teachers)
            {
                var rows = result.Rows(teacher);
                if (rows.FirstOrDefault(r => r.Method == claim.Better) is { } better
                    && rows.FirstOrDefault(r => r.Method == claim.Worse) is { } worse)
                {
                    var difference = better.Minus(worse);
                    text.Append($" {difference.Points(signed: true)} | {PaperClaim.Verdict(difference)} |");
                }
                else text.Append(" not run | |");
            }
            text.AppendLine();
        }
        return text.AppendLine()
            .AppendLine("## How it was made").AppendLine()
            .AppendLine($"- Command: `{result.Command}`")
            .AppendLine($"- Seeds: {string.Join(", ", result.Seeds)}")
            .AppendLine($"- Versions: {result.Versions}")
            .AppendLine($"- Learning rates were fixed beforehand on seeds that are not in the table: {Methods.TuningNote}")
            .ToString();
    }

    private static void Table(StringBuilder text, ComparisonResult result, string teacher)
    {
        text.AppendLine($"## {char.ToUpperInvariant(teacher[0])}{teacher[1..]} teacher ({result.TeacherAccuracy(teacher).Points()} %)").AppendLine()
            .AppendLine("| method | accuracy | over the start | tokens an answer | " + string.Join(" | ", result.Seeds.Select(s => $"seed {s}")) + " |")
            .AppendLine("|---|---|---|---|" + string.Concat(Enumerable.Repeat("---|", result.Seeds.Count)));
        var rows = result.Rows(teacher);
        foreach (var row in rows)
            text.AppendLine($"| {row.Label} | {row.Accuracy.Points()} | "
                + $"{(row == rows[0] ? "" : row.Minus(rows[0]).Points(signed: true))} | {row.AnswerTokens:0.0} | "
                + string.Join(" | ", row.Accuracies.Select(a => $"{100 * a:0.0}")) + " |");
        text.AppendLine();
    }
}
