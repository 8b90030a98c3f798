namespace KdRl.Objectives;

/// <summary>Over what the statistic of a rejection is taken; a rejected sequence loses all its tokens.</summary>
public enum RejectionLevel
{
    /// <summary>Each token.</summary>
    Token,

    /// <summary>The sum over the sequence.</summary>
    SequenceSum,

    /// <summary>The mean over the sequence.</summary>
    SequenceMean,

    /// <summary>The greatest value in the sequence.</summary>
    SequenceMax,
}
