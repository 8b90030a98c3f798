namespace KdRl.Notebooks;

/// <summary>HTML to be shown under a cell.</summary>
/// <param name="Text">Its source text.</param>
public sealed record Html(string Text);
