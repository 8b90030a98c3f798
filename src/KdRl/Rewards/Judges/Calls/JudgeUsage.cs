namespace KdRl.Rewards;

/// <summary>What a judge has done and cost so far.</summary>
/// <param name="Calls">Requests sent, retries included.</param>
/// <param name="Retries">Requests sent again after a passing fault.</param>
/// <param name="MalformedReplies">Replies without a valid verdict.</param>
/// <param name="Pairs">Votes in which both orders of a pair were judged.</param>
/// <param name="ContradictoryPairs">Of those, how many named a different winner in each order.</param>
/// <param name="InputTokens">Tokens read, as the server reports them.</param>
/// <param name="OutputTokens">Tokens written, as the server reports them.</param>
/// <param name="Cost">What those tokens cost, by the prices in <see cref="JudgeCallOptions"/>.</param>
public sealed record JudgeUsage(
    long Calls, long Retries, long MalformedReplies, long Pairs, long ContradictoryPairs, long InputTokens, long OutputTokens, double Cost)
{
    /// <summary>Share of pairs whose winner depended on the order, in [0,1]; null before the first pair. Above 0.2 the judge is not to be trusted with pairs.</summary>
    public double? ContradictionRate => Pairs == 0 ? null : ContradictoryPairs / (double)Pairs;
}
