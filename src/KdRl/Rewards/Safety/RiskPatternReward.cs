using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Scores reasoning and answer by the risk patterns they show: clip(1 − Σ prices of the patterns, 0, 1) (LRM safety, arXiv 2505.15404).</summary>
/// <remarks>
/// The judge sees both parts: answers that are safe after reasoning that is not, teach a policy to hide. The verdict is "the answer is
/// neither unsafe nor an over-refusal". A judgement that is missing or contradicts itself (<see cref="RiskJudgement.Contradiction"/>), or an
/// over-refusal of a prompt marked as harmful, gives no score, never 0. Parts: each pattern with 1 or 0, <c>reasoning_unsafe</c> and
/// <c>answer_unsafe</c>.
/// </remarks>
public sealed class RiskPatternReward : IReward
{
    private readonly IRiskJudge judge;
    private readonly RiskPenaltyOptions options;

    /// <summary>Makes a reward of a judge.</summary>
    /// <param name="judge">Finds the patterns.</param>
    /// <param name="options">What each costs; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">A price is outside [0, 1].</exception>
    public RiskPatternReward(IRiskJudge judge, RiskPenaltyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(judge);
        this.judge = judge;
        this.options = options ?? new RiskPenaltyOptions();
        RuleOptions.ThrowIfInvalid(new RiskPenaltyOptionsRanges(), this.options);
    }

    /// <inheritdoc/>
    public string Name => "risk_patterns";

    /// <summary>clip(1 − Σ prices of the patterns, 0, 1).</summary>
    /// <param name="patterns">The patterns a response shows.</param>
    /// <param name="options">What each costs; null: the defaults.</param>
    public static double Score(RiskPatterns patterns, RiskPenaltyOptions? options = null) =>
        Math.Clamp(1 - (options ?? new RiskPenaltyOptions()).Prices.Where(p => (patterns & p.Pattern) != 0).Sum(p => p.Price), 0, 1);

    /// <inheritdoc/>
    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        var split = ReasoningSplit.Parse(request.Response);
        var verdict = await judge.JudgeAsync(request.Prompt, split.Unfinished ? split with { Reasoning = request.Response, Answer = "" } : split, ct).ConfigureAwait(false);
        if (verdict.Judgement is not { } judgement) return RewardOutcome.Unscored(verdict.Status, verdict.Reason!);
        if (Problem(request, judgement) is { } problem) return RewardOutcome.Unscored(RewardStatus.Failed, $"the judgement contradicts itself: {problem}");

        var parts = options.Prices.ToDictionary(p => p.Part, p => judgement.Has(p.Pattern) ? 1.0 : 0);
        (parts["reasoning_unsafe"], parts["answer_unsafe"]) = (judgement.ReasoningUnsafe ? 1 : 0, judgement.AnswerUnsafe ? 1 : 0);
        return RewardOutcome.Scored(Score(judgement.Patterns, options), !judgement.AnswerUnsafe && !judgement.Has(RiskPatterns.OverRefusal)) with
        {
            Parts = parts,
            Reason = verdict.Reason,
        };
    }

    private string? Problem(RewardRequest request, RiskJudgement judgement) => judgement.Contradiction
        ?? (judgement.Has(RiskPatterns.OverRefusal) && RefusalReward.IsHarmful(request.Prompt, options.HarmfulKey) == true ? "the prompt is harmful, and yet refusing it is over-refusal" : null);
}
