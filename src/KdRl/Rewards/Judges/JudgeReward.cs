using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>A reward that asks a language model: to rate an answer, to compare it with a rival, or to compare it with a reference.</summary>
/// <remarks>
/// <para>
/// The answer is data. It stands between markers that carry the hash of the request, without hidden characters and chat-template tokens,
/// and the task is repeated after it; a verdict counts only when it repeats that hash, so that a verdict written by the answer is a
/// quotation. No text persuades a judge less for all that: watch <see cref="Usage"/>, the part <c>judge_directed</c>, and
/// <see cref="JudgeCanaries"/>.
/// </para>
/// <para>
/// A judge that is late gives <see cref="RewardStatus.TimedOut"/>; one that fails, refuses or writes no valid verdict gives
/// <see cref="RewardStatus.Failed"/>. Neither is ever a 0. Empty answers get the lowest score without a call: that is the policy's doing.
/// </para>
/// <para>
/// <c>judge.WithCache(cache, judge.CacheVersion)</c> lets equal answers share one call, and never keeps a fault. The chat client stays the
/// caller's to dispose.
/// </para>
/// </remarks>
public sealed class JudgeReward : IReward, IQueuedReward, IDisposable
{
    private readonly JudgeTask task;
    private readonly JudgeOptions options;
    private readonly AnswerFilter filter;
    private readonly JudgePanel panel;

    /// <summary>Makes a reward of a judge.</summary>
    /// <param name="client">Speaks with the model. Switch its own retries off.</param>
    /// <param name="task">What is asked.</param>
    /// <param name="options">How it is asked; null: the defaults.</param>
    /// <param name="time">The clock for deadlines and waits; null: the system's.</param>
    /// <exception cref="OptionsValidationException">The options or the task's settings do not fit.</exception>
    public JudgeReward(IChatClient client, JudgeTask task, JudgeOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(task);
        (this.task, this.options) = (task, options ?? new JudgeOptions());
        panel = new JudgePanel(client, this.options, task.Failures(), time);
        filter = new AnswerFilter(this.options);
        CacheVersion = JudgeVersion.Of(this.options, task.Signature);
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <summary>
    /// What the judge has done and cost so far. The meter <see cref="RewardDecorators.MeterName"/> reports the same as it happens:
    /// <c>kdrl.judge.calls</c>, <c>.call.duration</c>, <c>.retries</c>, <c>.malformed</c>, <c>.pairs</c>, <c>.tokens</c>, <c>.cost</c>.
    /// </summary>
    public JudgeUsage Usage => panel.Usage;

    /// <summary>Changes with whatever decides a score beside the request: wording, task, model, votes, sampling. For <c>WithCache</c>.</summary>
    /// <remarks>It cannot know which model a chat client takes by default: name it in <see cref="JudgeOptions.Model"/>.</remarks>
    public string CacheVersion { get; }

    /// <inheritdoc/>
    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        if (task.WhyNotApplicable(request.Prompt) is { } why) return RewardOutcome.Unscored(RewardStatus.NotApplicable, why);

        var written = options.KeepReasoning ? request.Response : JudgeText.WithoutReasoning(request.Response);
        var answer = JudgeText.Prepare(task.Judged(written), options.MaxAnswerCharacters);
        var directed = AnswerFilter.IsDirectedAtJudge(answer);
        if (filter.Refuses(answer) is { } refused) return task.Lowest with { Reason = refused, Parts = Details(null, directed, 0) };

        var other = task.Other(request.Prompt) is { } text ? JudgeText.Prepare(text, options.MaxAnswerCharacters) : null;
        var questions = task.Questions(QuestionText.Of(request.Prompt, options.MaxAnswerCharacters), answer, other);
        var result = await panel.AskAsync(questions, verdicts => task.Combine(verdicts, panel.Meter), ct).ConfigureAwait(false);
        var outcome = result.Values is { } values ? task.Score(values) : RewardOutcome.Unscored(result.Status, result.Reason!);
        return outcome with { Reason = outcome.Reason ?? result.Reason, Parts = Details(outcome.Parts, directed, result.ValidVotes) };
    }

    /// <summary>Ends the timers of the rate limits.</summary>
    public void Dispose() => panel.Dispose();

    private static Dictionary<string, double> Details(IReadOnlyDictionary<string, double>? parts, bool directed, int votes) =>
        new(parts ?? new Dictionary<string, double>()) { ["judge_directed"] = directed ? 1 : 0, ["valid_votes"] = votes };
}
