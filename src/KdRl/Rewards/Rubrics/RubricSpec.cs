namespace KdRl.Rewards;

/// <summary>The traits by which the texts of one genre are rated (EssayBench, 2506.02596).</summary>
public sealed class RubricSpec
{
    /// <summary>The genre, as the prompt's metadata names it.</summary>
    public string Genre { get; set; } = "";

    /// <summary>The traits, from basic to advanced; at least one.</summary>
    public IList<RubricTrait> Traits { get; init; } = [];

    internal IEnumerable<string> Failures()
    {
        var where = $"Rubric '{Genre}'";
        if (string.IsNullOrWhiteSpace(Genre)) yield return "A rubric has no genre.";
        if (Traits.Count == 0) yield return $"{where} has no traits; expected at least one.";
        foreach (var trait in Traits)
        {
            if (!JudgeNames.IsValid(trait.Name) || trait.Name.Contains('/') || trait.Name == HierarchicalRubricReward.ScorePart)
                yield return $"{where}: trait '{trait.Name}' must be named by {JudgeNames.Rule}, without '/', and not '{HierarchicalRubricReward.ScorePart}'.";
            if (trait.Depth is < 0 or > 64) yield return $"{where}: trait '{trait.Name}' has depth {trait.Depth}; expected 0 to 64.";
            if (trait.Questions.Count == 0 || trait.Questions.Any(string.IsNullOrWhiteSpace)) yield return $"{where}: trait '{trait.Name}' has {trait.Questions.Count} questions; expected at least one, none of them blank.";
        }
        foreach (var same in Traits.GroupBy(t => t.Name).Where(g => g.Count() > 1)) yield return $"{where}: trait '{same.Key}' exists {same.Count()} times; expected different names.";
    }
}
