namespace KdRl.Rewards;

/// <summary>What a repetition is made of.</summary>
public enum RepetitionUnit
{
    /// <summary>The policy's own tokens.</summary>
    Tokens,

    /// <summary>Words of the text, whatever their case: comparable between tokenizers.</summary>
    Words,
}
