using ScottPlot;

namespace KdRl.Benchmarks;

/// <summary>Draws the curves of a benchmark, one plot each: ours as a line, the baseline dashed.</summary>
internal static class CurveChart
{
    private const int Columns = 3, PlotWidth = 420, PlotHeight = 320;

    /// <summary>Writes a PNG; false, and no file, when there is no curve.</summary>
    public static bool SavePng(IReadOnlyList<Measurement> results, string path)
    {
        var curves = results.Where(m => m.Point is not null).GroupBy(m => m.Point!.Value.Curve).ToArray();
        if (curves.Length == 0) return false;
        var rows = (curves.Length + Columns - 1) / Columns;
        var chart = new Multiplot();
        chart.AddPlots(curves.Length);
        chart.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, Columns);
        for (var i = 0; i < curves.Length; i++)
        {
            var (plot, points) = (chart.GetPlot(i), curves[i].OrderBy(m => m.Point!.Value.X).ToArray());
            double[] x = [.. points.Select(m => m.Point!.Value.X)];
            plot.Add.Scatter(x, points.Select(m => m.Ours).ToArray()).LegendText = "measured";
            var baseline = plot.Add.Scatter(x, points.Select(m => m.BaselineValue).ToArray());
            (baseline.LinePattern, baseline.LegendText) = (LinePattern.Dashed, points[0].Baseline);
            plot.Title(curves[i].Key, 13);
            plot.YLabel(points[0].Unit);
            plot.Axes.SetLimitsY(0, 1.15 * points.Max(m => Math.Max(m.Ours, m.BaselineValue)));
            plot.ShowLegend(Alignment.LowerRight);
        }
        chart.SavePng(path, Columns * PlotWidth, rows * PlotHeight);
        return true;
    }
}
