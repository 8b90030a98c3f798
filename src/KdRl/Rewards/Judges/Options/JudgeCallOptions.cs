using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How the judge's server is called: deadlines, retries, rates and prices.</summary>
/// <remarks>
/// Switch the chat client's own retries off (for OpenAI's client: <c>RetryPolicy = new ClientRetryPolicy(0)</c>), or the two multiply.
/// One question takes at most (<see cref="MaxRetries"/> + 1) · <see cref="AttemptTimeout"/> plus the waits between; waiting for a free
/// slot does not count against the deadline.
/// </remarks>
public sealed class JudgeCallOptions
{
    /// <summary>How long one request may take, from the moment it is sent. Then it is cancelled, and retried.</summary>
    /// <value>The default value is one minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.0010000", "1.00:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a request that failed for a passing reason (429, 408, 5xx, time-out, broken connection, unreadable body) is sent again.</summary>
    /// <value>The default value is 4; 0 turns retries off.</value>
    [Range(0, 100)]
    public int MaxRetries { get; set; } = 4;

    /// <summary>The wait before the first retry; it doubles each time, with jitter.</summary>
    /// <value>The default value is one second.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between retries that the judge chooses itself.</summary>
    /// <value>The default value is 30 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that the server may ask for in <c>Retry-After</c>, which replaces the back-off; when it asks for more, the judge gives up.</summary>
    /// <value>The default value is two minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long nothing but passing faults may come from the server. After that the judge is taken to be down: questions fail at once, and
    /// one request now and then finds out whether it is back.
    /// </summary>
    /// <value>The default value is ten minutes; null: every question goes through all its retries, however many wait.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan? MaxOutage { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The most requests under way at once.</summary>
    /// <value>The default value is 16.</value>
    [Range(1, 100_000)]
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>The most requests a minute, evenly spread: a burst is at most one second's worth.</summary>
    /// <value>The default value is null: no limit.</value>
    [Range(1, 10_000_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>
    /// The most tokens a minute, read and written. A request is estimated from its length and settled with the usage that the server
    /// reports, so that the rate holds in the long run.
    /// </summary>
    /// <value>The default value is null: no limit.</value>
    [Range(60, 1_000_000_000)]
    public int? TokensPerMinute { get; set; }

    /// <summary>Price of a million tokens read, in the currency of your bill; only the cost counter uses it.</summary>
    /// <value>The default value is 0.</value>
    [Range(0.0, 1e6)]
    public double InputPricePerMillion { get; set; }

    /// <summary>Price of a million tokens written, in the currency of your bill; only the cost counter uses it.</summary>
    /// <value>The default value is 0.</value>
    [Range(0.0, 1e6)]
    public double OutputPricePerMillion { get; set; }
}
