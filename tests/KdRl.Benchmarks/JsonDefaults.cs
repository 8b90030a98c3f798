using System.Text.Json;

namespace KdRl.Benchmarks;

internal static class JsonDefaults
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
