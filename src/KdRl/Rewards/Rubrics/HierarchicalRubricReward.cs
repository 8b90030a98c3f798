using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Scores a text by the traits of its genre, the traits weighted by how much rests on them (EssayBench, 2506.02596).</summary>
/// <remarks>
/// The value is <see cref="RubricScore.OutOf100"/> / 100, in [0.1, 1]; an empty text gets 0 without a judge. The parts are
/// <c>out_of_100</c> and each trait's mean rating, 1 to 10. A rating that is missing, too many or out of range gives
/// <see cref="RewardStatus.Failed"/>, never 0; a genre without a rubric <see cref="RewardStatus.NotApplicable"/>.
/// </remarks>
public sealed class HierarchicalRubricReward : IReward
{
    /// <summary>The part that holds the score out of 100.</summary>
    public const string ScorePart = "out_of_100";

    private readonly IRubricJudge judge;
    private readonly Dictionary<string, RubricSpec> rubrics;
    private readonly RubricOptions options;

    /// <summary>Makes a reward of a judge and rubrics.</summary>
    /// <param name="judge">Rates the texts.</param>
    /// <param name="rubrics">One rubric for each genre; null: the four of <see cref="EssayRubrics"/>.</param>
    /// <param name="options">How ratings become a score; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">Options or rubrics do not fit.</exception>
    public HierarchicalRubricReward(IRubricJudge judge, IReadOnlyList<RubricSpec>? rubrics = null, RubricOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(judge);
        (this.judge, this.options) = (judge, options ?? new RubricOptions());
        rubrics ??= EssayRubrics.All;
        RubricOptionsValidator.ThrowIfInvalid(this.options, rubrics);
        this.rubrics = rubrics.ToDictionary(r => r.Genre, StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        if (request.Prompt.Metadata.GetValueOrDefault(options.GenreKey) is not { } genre)
            return RewardOutcome.Unscored(RewardStatus.NotApplicable, $"the prompt's metadata has no '{options.GenreKey}'");
        if (!rubrics.TryGetValue(genre, out var rubric))
            return RewardOutcome.Unscored(RewardStatus.NotApplicable, $"there is no rubric for the genre '{genre}'");

        var text = JudgeText.WithoutReasoning(request.Response);
        if (AnswerFilter.IsEmpty(text)) return RewardOutcome.Scored(0) with { Reason = "the text is empty" };

        var verdict = await judge.JudgeAsync(request.Prompt, text, rubric, ct).ConfigureAwait(false);
        if (verdict.Ratings is not { } ratings)
        {
            return verdict.Status == RewardStatus.Scored
                ? RewardOutcome.Scored(0) with { Reason = verdict.Reason }
                : RewardOutcome.Unscored(verdict.Status, verdict.Reason!);
        }
        if (RubricScore.Problem(rubric, ratings) is { } problem) return RewardOutcome.Unscored(RewardStatus.Failed, problem);

        var score = RubricScore.OutOf100(rubric, ratings, options);
        var parts = new Dictionary<string, double> { [ScorePart] = score };
        for (var t = 0; t < ratings.Count; t++) parts[rubric.Traits[t].Name] = ratings[t].Average();
        return RewardOutcome.Scored(score / 100) with { Parts = parts, Reason = verdict.Reason };
    }
}
