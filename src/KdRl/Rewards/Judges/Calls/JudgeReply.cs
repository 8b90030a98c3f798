namespace KdRl.Rewards;

/// <summary>What came of one question to the judge's server: a text, or the fault that no retry helped against.</summary>
/// <param name="Text">What the judge wrote; null when there is a fault.</param>
/// <param name="Fault">Why there is no text; null when there is one.</param>
internal sealed record JudgeReply(string? Text, CallFault? Fault);
