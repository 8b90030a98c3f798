using System.Globalization;
using System.Net;
using System.Text;

namespace KdRl.Training;

/// <summary>Draws line charts as inline SVG: axes, three ticks each way, one colour a series. Needs no script and no network.</summary>
internal static class SvgChart
{
    private const double Width = 420, Height = 220, Left = 58, Right = 10, Top = 30, Bottom = 26;
    private static readonly string[] Colours = ["#2563eb", "#dc2626", "#059669", "#d97706"];

    /// <summary>Draws a chart; null when no series has a finite point.</summary>
    /// <param name="title">Its heading; escaped here.</param>
    /// <param name="series">Its lines.</param>
    public static string? Draw(string title, params IReadOnlyList<ChartSeries> series)
    {
        var shown = series.Where(s => s.Points.Any(p => double.IsFinite(p.Y))).ToArray();
        if (shown.Length == 0) return null;
        var finite = shown.SelectMany(s => s.Points).Where(p => double.IsFinite(p.Y)).ToArray();
        var (x, y) = (Span(finite.Select(p => p.X)), Span(finite.Select(p => p.Y)));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"16\" class=\"title\">{WebUtility.HtmlEncode(title)}</text>");
        Axes(svg, x, y);
        for (var i = 0; i < shown.Length; i++)
        {
            Line(svg, shown[i].Points, Colours[i % Colours.Length], x, y);
            if (shown.Length > 1) Legend(svg, shown[i].Name, Colours[i % Colours.Length], i, shown.Length);
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Axes(StringBuilder svg, (double Low, double High) x, (double Low, double High) y)
    {
        for (var i = 0; i <= 2; i++)
        {
            var (valueX, valueY) = (x.Low + i * (x.High - x.Low) / 2, y.Low + i * (y.High - y.Low) / 2);
            var (atX, atY) = (PlaceX(valueX, x), PlaceY(valueY, y));
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{atY:F1}\" y2=\"{atY:F1}\" class=\"grid\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{atY + 4:F1}\" text-anchor=\"end\">{Label(valueY)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{atX:F1}\" y=\"{Height - 8}\" text-anchor=\"{(i == 0 ? "start" : i == 1 ? "middle" : "end")}\">{Math.Round(valueX)}</text>");
        }
    }

    private static void Line(StringBuilder svg, IReadOnlyList<(double X, double Y)> points, string colour, (double, double) x, (double, double) y)
    {
        var path = new StringBuilder();
        var isDrawing = false;
        foreach (var point in points.Where(p => double.IsFinite(p.X)))
        {
            if (double.IsFinite(point.Y))
                path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{PlaceX(point.X, x):F1} {PlaceY(point.Y, y):F1}");
            isDrawing = double.IsFinite(point.Y);
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-linecap=\"round\"/>");
        // A lone point draws no line.
        if (points.Count(p => double.IsFinite(p.Y)) == 1)
        {
            var only = points.First(p => double.IsFinite(p.Y));
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{PlaceX(only.X, x):F1}\" cy=\"{PlaceY(only.Y, y):F1}\" r=\"2.5\" fill=\"{colour}\"/>");
        }
    }

    private static void Legend(StringBuilder svg, string name, string colour, int index, int count) =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{Width - Right - (count - 1 - index) * 90:F0}\" y=\"16\" text-anchor=\"end\" style=\"fill:{colour}\">{WebUtility.HtmlEncode(name)}</text>");

    private static double PlaceX(double value, (double Low, double High) span) => Left + (value - span.Low) / (span.High - span.Low) * (Width - Left - Right);

    private static double PlaceY(double value, (double Low, double High) span) => Height - Bottom - (value - span.Low) / (span.High - span.Low) * (Height - Top - Bottom);

    private static (double Low, double High) Span(IEnumerable<double> values)
    {
        var (low, high) = (values.Min(), values.Max());
        if (high > low) return (low, high);
        // One value: room around it, also around 0.
        var room = low == 0 ? 1 : Math.Abs(low) * 0.1;
        return (low - room, high + room);
    }

    private static string Label(double value) => Math.Abs(value) is 0 or (>= 0.001 and < 100_000)
        ? value.ToString(Math.Abs(value) < 100 ? "0.###" : "0", CultureInfo.InvariantCulture)
        : value.ToString("0.##E+0", CultureInfo.InvariantCulture);
}
