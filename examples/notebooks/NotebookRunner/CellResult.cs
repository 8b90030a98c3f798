namespace KdRl.Notebooks;

/// <summary>How a cell fared.</summary>
/// <param name="Number">Its place among the code cells, from 1.</param>
/// <param name="Error">Why it failed; null when it passed.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record CellResult(int Number, string? Error, TimeSpan Elapsed);
