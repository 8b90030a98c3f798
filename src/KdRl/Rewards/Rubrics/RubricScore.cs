namespace KdRl.Rewards;

/// <summary>Computes a rubric's score of the ratings (EssayBench, 2506.02596).</summary>
public static class RubricScore
{
    /// <summary>The lowest rating.</summary>
    public const int MinRating = 1;

    /// <summary>The highest rating.</summary>
    public const int MaxRating = 10;

    /// <summary>The share of each trait in the score; they sum to 1, when every trait has as many questions or their number is divided out.</summary>
    /// <param name="rubric">The traits, with their depths.</param>
    /// <param name="options">α and the direction.</param>
    public static IReadOnlyList<double> Weights(RubricSpec rubric, RubricOptions options)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        ArgumentNullException.ThrowIfNull(options);
        var deepest = rubric.Traits.Max(t => t.Depth);
        // Weights count relative to each other: the largest power is kept at 1, so that none overflows.
        var exponents = rubric.Traits.Select(t => options.Direction == RubricDirection.FoundationFirst ? deepest - t.Depth : t.Depth).ToArray();
        var largest = options.Alpha >= 1 ? exponents.Max() : exponents.Min();
        var raw = exponents.Select((e, i) => Math.Pow(options.Alpha, e - largest) * (options.DivideByQuestions ? 1 : rubric.Traits[i].Questions.Count)).ToArray();
        var sum = raw.Sum();
        return [.. raw.Select(w => w / sum)];
    }

    /// <summary>10 · Σ w_t · mean_t, with w_t the normalised weights and mean_t the mean rating of trait t: 10 to 100.</summary>
    /// <param name="rubric">The traits.</param>
    /// <param name="ratings">For each trait, for each of its questions, a rating from 1 to 10.</param>
    /// <param name="options">α, direction and division.</param>
    /// <exception cref="ArgumentException">A rating is missing, too many, or out of range.</exception>
    public static double OutOf100(RubricSpec rubric, IReadOnlyList<IReadOnlyList<double>> ratings, RubricOptions options)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        ArgumentNullException.ThrowIfNull(ratings);
        if (Problem(rubric, ratings) is { } problem) throw new ArgumentException(problem, nameof(ratings));
        var weights = Weights(rubric, options);
        return 10 * weights.Select((w, t) => w * ratings[t].Average()).Sum();
    }

    /// <summary>What is wrong with the ratings; null when they fit the rubric.</summary>
    internal static string? Problem(RubricSpec rubric, IReadOnlyList<IReadOnlyList<double>> ratings)
    {
        if (ratings.Count != rubric.Traits.Count) return $"There are ratings of {ratings.Count} traits; expected {rubric.Traits.Count}.";
        for (var t = 0; t < ratings.Count; t++)
        {
            var trait = rubric.Traits[t];
            if (ratings[t].Count != trait.Questions.Count) return $"Trait '{trait.Name}' has {ratings[t].Count} ratings; expected {trait.Questions.Count}.";
            foreach (var rating in ratings[t])
                if (rating is not (>= MinRating and <= MaxRating)) return $"Trait '{trait.Name}' is rated {rating}; expected {MinRating} to {MaxRating}.";
        }
        return null;
    }
}
