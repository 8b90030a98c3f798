using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How scoring that went wrong is tried again.</summary>
public sealed class RewardRetryOptions
{
    /// <summary>Tries after the first.</summary>
    /// <value>The default value is 2.</value>
    [Range(1, 100)]
    public int MaxRetries { get; set; } = 2;

    /// <summary>Wait before the second try; each further wait is twice as long.</summary>
    /// <value>The default value is 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    /// <value>The default value is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether waits vary by chance, so that requests that failed together do not come back together. No score depends on it.</summary>
    /// <value>The default value is true.</value>
    public bool Jitter { get; set; } = true;

    /// <summary>Whether <see cref="RewardStatus.TimedOut"/> is tried again too; work that always takes too long costs its time each time.</summary>
    /// <value>The default value is true.</value>
    public bool RetryTimeouts { get; set; } = true;
}
