using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Puts questions to a judge as often as there are votes, and combines the answers. What every kind of judging shares.</summary>
internal sealed class JudgePanel : IDisposable
{
    private readonly JudgeOptions options;
    private readonly JudgeMeter meter;
    private readonly JudgeCalls calls;

    /// <exception cref="OptionsValidationException">The options do not fit.</exception>
    public JudgePanel(IChatClient client, JudgeOptions options, IEnumerable<string> failuresOfTheTask, TimeProvider? time)
    {
        JudgeOptionsValidator.ThrowIfInvalid(options, failuresOfTheTask);
        this.options = options;
        meter = new JudgeMeter(options.Name, options.Calls);
        calls = new JudgeCalls(client, options, meter, time ?? TimeProvider.System);
    }

    public JudgeUsage Usage => meter.Snapshot();

    public JudgeMeter Meter => meter;

    /// <summary>Asks all questions of all votes at once.</summary>
    /// <param name="questions">What one vote asks: one question, or a pair in both orders.</param>
    /// <param name="combine">Makes a vote of the verdicts on these questions.</param>
    /// <param name="ct">Stops everything.</param>
    public async Task<PanelResult> AskAsync(IReadOnlyList<JudgeQuestion> questions, Func<IReadOnlyList<IReadOnlyDictionary<string, double>>, Vote> combine, CancellationToken ct)
    {
        var votes = await Task.WhenAll(Enumerable.Range(0, options.Votes).Select(v => VoteAsync(questions, combine, v, ct))).ConfigureAwait(false);
        var valid = votes.Where(v => v.Values is not null).Select(v => v.Values!).ToArray();
        var missing = votes.Where(v => v.Values is null).ToArray();
        var problems = missing.Length == 0 ? null : string.Join("; ", missing.Select(m => m.Problem).Distinct());
        if (valid.Length < options.NeededVotes)
        {
            var status = missing.All(m => m.Status == RewardStatus.TimedOut) ? RewardStatus.TimedOut : RewardStatus.Failed;
            var reason = options.Votes == 1 ? problems : $"{valid.Length} of {options.Votes} votes are valid; expected {options.NeededVotes}: {problems}";
            return new PanelResult(null, status, reason, valid.Length);
        }
        var values = new Dictionary<string, double>();
        foreach (var field in valid[0].Keys)
        {
            if (VoteCount.Combine([.. valid.Select(v => v[field])], options.VoteRule) is not { } value)
                return new PanelResult(null, RewardStatus.Failed, $"no majority on '{field}' among {valid.Length} votes", valid.Length);
            values[field] = value;
        }
        return new PanelResult(values, RewardStatus.Scored, problems, valid.Length);
    }

    public void Dispose() => calls.Dispose();

    private async Task<Vote> VoteAsync(IReadOnlyList<JudgeQuestion> questions, Func<IReadOnlyList<IReadOnlyDictionary<string, double>>, Vote> combine, int vote, CancellationToken ct)
    {
        var answers = await Task.WhenAll(questions.Select(q => QuestionAsync(q, vote, ct))).ConfigureAwait(false);
        return answers.FirstOrDefault(a => a.Values is null) ?? combine([.. answers.Select(a => a.Values!)]);
    }

    private async Task<Vote> QuestionAsync(JudgeQuestion question, int vote, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            var nonce = question.Nonce(options.Seed, vote, attempt);
            var reply = await calls.AskAsync(question.Messages(nonce), options.Seed + vote, ct).ConfigureAwait(false);
            if (reply.Fault is { } fault) return Vote.Missing(fault.Status, fault.Reason);
            var verdict = VerdictParser.Parse(reply.Text!, nonce, question.Fields, options.MaxReplyCharacters);
            if (verdict.Values is { } values) return Vote.Of(values);
            meter.MalformedReply();
            if (attempt == options.MaxReasks) return Vote.Missing(RewardStatus.Failed, $"no verdict in {attempt + 1} replies: {verdict.Problem}");
        }
    }
}
