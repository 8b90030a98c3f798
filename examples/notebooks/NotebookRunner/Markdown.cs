namespace KdRl.Notebooks;

/// <summary>Markdown to be shown under a cell.</summary>
/// <param name="Text">Its source text.</param>
public sealed record Markdown(string Text);
