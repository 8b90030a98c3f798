namespace KdRl.Rewards;

/// <summary>What a token is.</summary>
internal enum MathTokenKind : byte
{
    /// <summary>After the last token.</summary>
    End,

    /// <summary>Digits, with a decimal point perhaps.</summary>
    Number,

    /// <summary>One letter, Latin or Greek.</summary>
    Letter,

    /// <summary>A word: a function, a unit, a conjunction, or plain text.</summary>
    Word,

    /// <summary>An operator, bracket or separator.</summary>
    Sign,

    /// <summary>A LaTeX command with arguments.</summary>
    Command,
}
