namespace KdRl.Rewards;

/// <summary>A piece of material that the judge reads as data.</summary>
/// <param name="Label">What it is: <c>question</c>, <c>answer</c>, <c>reference</c>.</param>
/// <param name="Text">The text, cleaned by <see cref="JudgeText"/>.</param>
internal sealed record JudgeBlock(string Label, string Text);
