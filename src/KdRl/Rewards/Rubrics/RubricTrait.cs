namespace KdRl.Rewards;

/// <summary>One trait of a text: what is asked about it, and how many traits it rests on.</summary>
public sealed class RubricTrait
{
    /// <summary>Names the trait in the verdict and in <see cref="RewardOutcome.Parts"/>; letters, digits, spaces, '_', '-' and '.'.</summary>
    public string Name { get; set; } = "";

    /// <summary>The number of dependency steps from the most basic trait, which has depth 0; 0 to 64.</summary>
    public int Depth { get; set; }

    /// <summary>What the judge answers with a whole number from 1 to 10; at least one.</summary>
    public IList<string> Questions { get; init; } = [];
}
