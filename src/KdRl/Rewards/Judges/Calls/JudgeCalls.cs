using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;

namespace KdRl.Rewards;

/// <summary>Sends questions to the judge's server: within the rates, each attempt with a deadline, again after passing faults.</summary>
internal sealed class JudgeCalls : IDisposable
{
    private const int CharactersPerToken = 4;

    private readonly IChatClient client;
    private readonly JudgeOptions options;
    private readonly JudgeMeter meter;
    private readonly TimeProvider time;
    private readonly JudgeLimiter limiter;
    private readonly JudgeOutage outage;
    private readonly ResiliencePipeline<JudgeReply> retries;

    public JudgeCalls(IChatClient client, JudgeOptions options, JudgeMeter meter, TimeProvider time)
    {
        (this.client, this.options, this.meter, this.time) = (client, options, meter, time);
        limiter = new JudgeLimiter(options.Calls);
        outage = new JudgeOutage(options.Calls.MaxOutage, time);
        retries = Retries();
    }

    /// <summary>Asks once and retries as configured.</summary>
    /// <exception cref="OperationCanceledException">The caller asked to stop.</exception>
    public async Task<JudgeReply> AskAsync(IReadOnlyList<ChatMessage> messages, long seed, CancellationToken ct)
    {
        var settings = new ChatOptions { ModelId = options.Model, MaxOutputTokens = options.MaxOutputTokens };
        if (options.SendSampling) (settings.Temperature, settings.Seed) = ((float)options.EffectiveTemperature, seed);
        return await retries.ExecuteAsync(async token => await AttemptAsync(messages, settings, token).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    public void Dispose() => limiter.Dispose();

    [SuppressMessage("Design", "CA1031", Justification = "A chat client may throw anything; whatever it is becomes a fault with its name, and is counted.")]
    private async Task<JudgeReply> AttemptAsync(IReadOnlyList<ChatMessage> messages, ChatOptions settings, CancellationToken ct)
    {
        var estimate = (messages.Sum(m => m.Text.Length) / CharactersPerToken) + (options.MaxOutputTokens / 2);
        using var slot = await meter.WaitAsync(limiter.EnterAsync(estimate, ct)).ConfigureAwait(false);
        if (outage.Refuses() is { } down) return new JudgeReply(null, down);

        // The clock starts here: waiting for a slot is not the judge's fault.
        var started = time.GetTimestamp();
        using var late = new CancellationTokenSource(options.Calls.AttemptTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        CallFault? fault = null;
        string? text = null;
        try
        {
            // A clone, because clients may write into the options.
            var work = client.GetResponseAsync(messages, settings.Clone(), stop.Token);
            var response = await HeldBy(work, stop.Token).ConfigureAwait(false);
            if (response.Usage is { } usage)
            {
                meter.Used(usage);
                limiter.Settle(estimate, usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0));
            }
            text = response.Text;
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (Exception e)
        {
            fault = late.IsCancellationRequested ? CallFault.Late(options.Calls.AttemptTimeout) : CallFault.Of(e, time.GetUtcNow());
            outage.Record(fault);
            if (fault.RetryAfter > options.Calls.MaxRetryAfter)
                fault = fault with { IsPassing = false, Reason = $"{fault.Reason}; the server asks to wait {fault.RetryAfter.Value.TotalSeconds:0} s, at most {options.Calls.MaxRetryAfter.TotalSeconds:0} s are allowed" };
        }
        if (fault is null) outage.Record(null);
        meter.Called(fault, time.GetElapsedTime(started));
        return new JudgeReply(text, fault);
    }

    /// <summary>A client that ignores its token must not hold the run; what it throws later is nobody's.</summary>
    private static Task<ChatResponse> HeldBy(Task<ChatResponse> work, CancellationToken ct)
    {
        _ = work.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return work.WaitAsync(ct);
    }

    private ResiliencePipeline<JudgeReply> Retries()
    {
        if (options.Calls.MaxRetries == 0) return ResiliencePipeline<JudgeReply>.Empty;
        return new ResiliencePipelineBuilder<JudgeReply> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<JudgeReply>
            {
                MaxRetryAttempts = options.Calls.MaxRetries,
                Delay = options.Calls.FirstDelay,
                MaxDelay = options.Calls.MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result?.Fault is { IsPassing: true }),
                DelayGenerator = attempt => ValueTask.FromResult(attempt.Outcome.Result?.Fault?.RetryAfter),
                OnRetry = _ =>
                {
                    meter.Retried();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }
}
