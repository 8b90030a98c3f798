using System.Text.Json.Serialization;

namespace KdRl.Benchmarks;

/// <summary>One line of the result.</summary>
/// <param name="Name">Benchmark and case.</param>
/// <param name="Unit">Unit of both values.</param>
/// <param name="Ours">Median of this library.</param>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="BaselineValue">Median of the baseline, measured in turn with ours.</param>
internal sealed record Measurement(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("ours")] double Ours,
    [property: JsonPropertyName("baseline")] string Baseline,
    [property: JsonPropertyName("baseline_value")] double BaselineValue)
{
    [JsonPropertyName("ratio")]
    public double Ratio => Ours / BaselineValue;

    /// <summary>The curve to which the line belongs, as a title, and its place on it; null: it is not drawn.</summary>
    [JsonIgnore]
    public (string Curve, double X)? Point { get; init; }
}
