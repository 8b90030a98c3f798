namespace KdRl.Transformers.Tokenizers;

/// <summary>What becomes of the matches of a pattern that cuts text.</summary>
internal enum SplitBehavior
{
    /// <summary>Matches and what is between them are words.</summary>
    Isolated,

    /// <summary>Only what is between matches is.</summary>
    Removed,

    /// <summary>Only matches are.</summary>
    Kept,

    /// <summary>A match ends the word before it.</summary>
    MergedWithPrevious,

    /// <summary>A match starts the word after it.</summary>
    MergedWithNext,
}
