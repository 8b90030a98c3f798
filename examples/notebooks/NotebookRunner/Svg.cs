namespace KdRl.Notebooks;

/// <summary>An SVG drawing to be shown under a cell.</summary>
/// <param name="Text">Its source text.</param>
public sealed record Svg(string Text);
