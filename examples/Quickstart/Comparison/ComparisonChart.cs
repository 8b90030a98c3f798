using ScottPlot;

namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>Draws a comparison: a bar a method and teacher with its 95 % interval, a dot a seed, a line for each teacher.</summary>
internal static class ComparisonChart
{
    private const double Offset = 0.2;
    private const float LabelDegrees = 25;

    public static void SavePng(ComparisonResult result, string path)
    {
        using var plot = new Plot();
        var colors = new ScottPlot.Palettes.ColorblindFriendly();
        string[] labels = [];
        for (var t = 0; t < result.Teachers.Count; t++)
        {
            var rows = result.Rows(result.Teachers[t]);
            labels = [.. rows.Select(r => r.Label)];
            var color = colors.GetColor(t + 1);
            var shift = result.Teachers.Count == 1 ? 0 : (2 * t - 1) * Offset;
            var bars = plot.Add.Bars(rows.Select((row, i) => new Bar
            {
                Position = i + shift,
                Value = 100 * row.Accuracy.Mean,
                Error = double.IsNaN(row.Accuracy.HalfWidth) ? 0 : 100 * row.Accuracy.HalfWidth,
                FillColor = color.WithAlpha(0.6),
                Size = 2 * Offset - 0.04,
            }).ToArray());
            bars.LegendText = $"{result.Teachers[t]} teacher";
            for (var i = 0; i < rows.Count; i++)
                plot.Add.Markers(
                    rows[i].Accuracies.Select(_ => i + shift).ToArray(), rows[i].Accuracies.Select(a => 100 * a).ToArray(), size: 5, color: color);
            var line = plot.Add.HorizontalLine(100 * result.TeacherAccuracy(result.Teachers[t]).Mean, 1.5f, color, LinePattern.Dashed);
            line.LegendText = $"the {result.Teachers[t]} teacher itself";
        }
        plot.Axes.Bottom.SetTicks([.. labels.Select((_, i) => (double)i)], labels);
        plot.Axes.Bottom.TickLabelStyle.Rotation = LabelDegrees;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.UpperLeft;
        plot.Axes.Bottom.MinimumSize = 110;
        // The last label leans out over the right end of the axis.
        plot.Axes.Right.MinimumSize = Width(plot.Axes.Bottom.TickLabelStyle, labels.LastOrDefault(""));
        plot.Axes.SetLimitsY(0, 105);
        plot.YLabel("held-out accuracy, %");
        plot.Title($"After {result.Steps} steps, {result.Seeds.Count} seeds, 95 % intervals");
        plot.ShowLegend(Edge.Bottom);
        plot.SavePng(path, 1100, 620);
    }

    /// <summary>Pixels that a tick label takes across.</summary>
    private static float Width(LabelStyle style, string label)
    {
        using var paint = Paint.NewDisposablePaint();
        return style.Measure(label, paint).Width * MathF.Cos(float.DegreesToRadians(LabelDegrees));
    }
}
