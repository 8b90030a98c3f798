namespace KdRl.Curriculum;

/// <summary>How a policy fares on a prompt in either mode. Answers without a verdict are not counted.</summary>
/// <param name="FastCorrect">Right fast answers.</param>
/// <param name="FastSamples">Fast answers with a verdict.</param>
/// <param name="SlowCorrect">Right slow answers.</param>
/// <param name="SlowSamples">Slow answers with a verdict.</param>
public readonly record struct ThinkingRecord(int FastCorrect, int FastSamples, int SlowCorrect, int SlowSamples);
