namespace KdRl.Rewards;

/// <summary>Mean and deviation of numbers that come one by one (Welford); old ones may fade.</summary>
/// <param name="Weight">Numbers seen; fewer where some have faded.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="SquaredDeviations">Sum of squared deviations from the mean.</param>
internal readonly record struct RunningStatistics(double Weight, double Mean, double SquaredDeviations)
{
    /// <summary>Standard deviation with n − 1; 0 for fewer than two numbers.</summary>
    public double Deviation => Weight < 2 ? 0 : Math.Sqrt(SquaredDeviations / (Weight - 1));

    /// <summary>With one number more.</summary>
    public RunningStatistics Add(double value)
    {
        var weight = Weight + 1;
        var mean = Mean + (value - Mean) / weight;
        return new RunningStatistics(weight, mean, SquaredDeviations + (value - Mean) * (value - mean));
    }

    /// <summary>With what was seen so far counting less.</summary>
    public RunningStatistics Fade(double decay) => new(Weight * decay, Mean, SquaredDeviations * decay);
}
