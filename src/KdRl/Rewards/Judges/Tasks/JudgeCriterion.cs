namespace KdRl.Rewards;

/// <summary>One thing that a pointwise judge rates: on a scale of integers, or by one of several words in order.</summary>
public sealed class JudgeCriterion
{
    /// <summary>Names the criterion in the verdict and in <see cref="RewardOutcome.Parts"/>; letters, digits, spaces, '_', '-', '.' and '/'.</summary>
    public string Name { get; set; } = "";

    /// <summary>What is asked, in words for the judge.</summary>
    public string Description { get; set; } = "";

    /// <summary>Its share of the score, relative to the other criteria; at least 0.</summary>
    /// <value>The default value is 1.</value>
    public double Weight { get; set; } = 1;

    /// <summary>The lowest rating. Not together with <see cref="Choices"/>.</summary>
    /// <value>The default value is null: 1.</value>
    public int? Minimum { get; set; }

    /// <summary>The highest rating. Not together with <see cref="Choices"/>.</summary>
    /// <value>The default value is null: 10.</value>
    public int? Maximum { get; set; }

    /// <summary>The words to choose from, worst first.</summary>
    /// <value>The default value is empty: a scale of integers.</value>
    public IList<string> Choices { get; init; } = [];

    /// <summary>When the judge chooses the worse of two words here, the whole score is 0.</summary>
    /// <value>The default value is false.</value>
    public bool IsGate { get; set; }

    internal JudgeField Field => Choices.Count > 0 ? JudgeField.Choice(Name, [.. Choices]) : JudgeField.Integer(Name, Minimum ?? 1, Maximum ?? 10);

    /// <summary>A rating as a share of the scale, in [0,1].</summary>
    internal double Share(double value) => (value - Field.Minimum) / (Field.Maximum - Field.Minimum);

    internal IEnumerable<string> Failures()
    {
        if (!JudgeNames.IsValid(Name)) yield return $"Criterion '{Name}': the name must be {JudgeNames.Rule}.";
        if (string.IsNullOrWhiteSpace(Description)) yield return $"Criterion '{Name}' has no description; expected what the judge is asked.";
        if (!double.IsFinite(Weight) || Weight < 0) yield return $"Criterion '{Name}' has weight {Weight}; expected a finite number, at least 0.";
        if (Choices.Count > 0 && (Minimum ?? Maximum) is not null) yield return $"Criterion '{Name}' has Choices, so Minimum and Maximum have no effect; leave one of them out.";
        if (Choices.Count == 0 && (Minimum ?? 1) >= (Maximum ?? 10)) yield return $"Criterion '{Name}' goes from {Minimum ?? 1} to {Maximum ?? 10}; expected at least two ratings.";
        if (Choices.Count == 1 || Choices.Distinct().Count() != Choices.Count || !Choices.All(JudgeNames.IsValid))
            yield return $"Criterion '{Name}' has the choices [{string.Join(", ", Choices)}]; expected none, or two or more different ones, each {JudgeNames.Rule}.";
        if (IsGate && Choices.Count != 2) yield return $"Criterion '{Name}' is a gate with {Choices.Count} choices; expected two words, the failing one first.";
    }
}
