namespace KdRl.Examples.Quickstart;

/// <summary>What post-training cost, examinations left out.</summary>
/// <param name="Tokens">Response tokens trained on.</param>
/// <param name="Seconds">Wall-clock time.</param>
internal readonly record struct PostTrainingSpeed(long Tokens, double Seconds)
{
    public double TokensPerSecond => Seconds > 0 ? Tokens / Seconds : 0;
}
