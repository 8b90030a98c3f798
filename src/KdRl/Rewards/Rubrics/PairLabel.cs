namespace KdRl.Rewards;

/// <summary>One comparison that an annotator makes; all numbers count from 0.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="First">The system with the lower number.</param>
/// <param name="Second">The system with the higher number.</param>
/// <param name="Annotator">The annotator, among those of this pair.</param>
public readonly record struct PairLabel(int Prompt, int First, int Second, int Annotator);
