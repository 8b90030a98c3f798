namespace KdRl.Rewards;

/// <summary>Which end of the dependencies weighs more. The paper's text and its formula disagree, so that it is an option.</summary>
public enum RubricDirection
{
    /// <summary>Basic traits weigh most: w = α^(deepest depth − depth).</summary>
    FoundationFirst,

    /// <summary>The formula as printed, with depth 0 at the basic trait: w = α^depth.</summary>
    Literal,
}
