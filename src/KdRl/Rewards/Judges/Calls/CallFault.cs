using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace KdRl.Rewards;

/// <summary>Why a call gave no reply.</summary>
/// <param name="Status">What the outcome of the reward becomes when no retry helps.</param>
/// <param name="Reason">What happened, in words.</param>
/// <param name="IsPassing">The same request may succeed later.</param>
/// <param name="RetryAfter">How long the server asks to wait; null when it does not say.</param>
internal sealed record CallFault(RewardStatus Status, string Reason, bool IsPassing, TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// Reads an exception of a chat client. Only what says that the request itself is wrong is final: clients report an unreadable body
    /// as JsonException, InvalidOperationException or even ArgumentOutOfRangeException, and a proxy's error page passes.
    /// </summary>
    public static CallFault Of(Exception exception, DateTimeOffset now) => exception switch
    {
        OperationCanceledException or TimeoutException => new CallFault(RewardStatus.TimedOut, "the chat client gave up waiting", IsPassing: true),
        ClientResultException { Status: > 0 } e => OfStatus(e.Status, e.Message, e.GetRawResponse() is { } raw ? Wait(raw.Headers, now) : null),
        HttpRequestException { StatusCode: { } status } e => OfStatus((int)status, e.Message, null),
        ObjectDisposedException or NotSupportedException => new CallFault(RewardStatus.Failed, Describe(exception), IsPassing: false),
        _ => new CallFault(RewardStatus.Failed, Describe(exception), IsPassing: true),
    };

    public static CallFault Late(TimeSpan limit) => new(RewardStatus.TimedOut, $"no reply within {limit.TotalSeconds:0.###} s", IsPassing: true);

    private static CallFault OfStatus(int status, string message, TimeSpan? wait)
    {
        var passing = status is >= 500 or (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests;
        return new CallFault(RewardStatus.Failed, $"HTTP {status}: {OneLine(message)}", passing, wait);
    }

    private static TimeSpan? Wait(PipelineResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.TryGetValue("retry-after-ms", out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < 1e9)
            return TimeSpan.FromMilliseconds(ms);
        if (!headers.TryGetValue("Retry-After", out text) || !RetryConditionHeaderValue.TryParse(text, out var value)) return null;
        return value.Delta ?? (value.Date > now ? value.Date - now : TimeSpan.Zero);
    }

    private static string Describe(Exception exception) => $"{exception.GetType().Name}: {OneLine(exception.Message)}";

    /// <summary>Reasons go to logs: a server's page of HTML is not wanted there.</summary>
    internal static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= 200 ? line : line[..200] + "…";
    }
}
