using Microsoft.Extensions.Logging;

namespace KdRl.Rewards;

/// <summary>Logs each outcome and measures it. What the model wrote is not logged; reasons may quote from it.</summary>
internal sealed partial class LoggedReward(IReward inner, ILogger logger, TimeProvider time) : IReward
{
    public string Name => inner.Name;

    public IEnumerable<IReward> Inner => [inner];

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        RewardOutcome outcome;
        try { outcome = await inner.ScoreAsync(request, ct).ConfigureAwait(false); }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            Threw(Name, request.Prompt.Id, e);
            throw;
        }

        var seconds = time.GetElapsedTime(start).TotalSeconds;
        RewardMetrics.Duration.Record(seconds, RewardMetrics.Of(this), new("status", outcome.Status.ToString()));
        if (outcome.Value is { } value)
        {
            RewardMetrics.Value.Record(value, RewardMetrics.Of(this));
            Scored(Name, request.Prompt.Id, value, outcome.Correct, seconds);
        }
        else if (outcome.Status == RewardStatus.NotApplicable) NotApplicable(Name, request.Prompt.Id, outcome.Reason);
        else Faulty(Name, request.Prompt.Id, outcome.Status, outcome.Reason, seconds);
        return outcome;
    }

    [LoggerMessage(1, LogLevel.Debug, "{Reward} scored prompt {Prompt} with {Value} (correct: {Correct}) in {Seconds} s")]
    private partial void Scored(string reward, string prompt, double value, bool? correct, double seconds);

    [LoggerMessage(2, LogLevel.Debug, "{Reward} does not apply to prompt {Prompt}: {Reason}")]
    private partial void NotApplicable(string reward, string prompt, string? reason);

    [LoggerMessage(3, LogLevel.Warning, "{Reward} has no score for prompt {Prompt}: {Status} after {Seconds} s: {Reason}")]
    private partial void Faulty(string reward, string prompt, RewardStatus status, string? reason, double seconds);

    [LoggerMessage(4, LogLevel.Error, "{Reward} threw for prompt {Prompt}")]
    private partial void Threw(string reward, string prompt, Exception exception);
}
