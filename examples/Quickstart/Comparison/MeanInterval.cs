using MathNet.Numerics.Distributions;

namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>A mean and the half-width of its 95 % interval by Student's t; NaN when one value tells nothing of the spread.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="HalfWidth">t(0.975, n−1) · s / √n with the sample deviation s.</param>
internal readonly record struct MeanInterval(double Mean, double HalfWidth)
{
    public static MeanInterval Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("A mean needs at least one value.", nameof(values));
        var mean = values.Average();
        if (values.Count == 1) return new MeanInterval(mean, double.NaN);
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        return new MeanInterval(mean, StudentT.InvCDF(0, 1, values.Count - 1, 0.975) * deviation / Math.Sqrt(values.Count));
    }

    /// <summary>Whether the interval lies on one side of 0.</summary>
    public bool IsDecided => Math.Abs(Mean) > HalfWidth;

    /// <summary>The mean in points (hundredths), with its interval where there is one.</summary>
    public string Points(bool signed = false)
    {
        var mean = (100 * Mean).ToString(signed ? "+0.0;-0.0;0.0" : "0.0");
        return double.IsNaN(HalfWidth) ? mean : $"{mean} ± {100 * HalfWidth:0.0}";
    }
}
