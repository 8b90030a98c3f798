namespace KdRl.Training;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Shown in the legend.</param>
/// <param name="Points">Steps and values; values that are not finite leave a gap.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
