namespace KdRl.Rewards;

/// <summary>Where <see cref="MathVerifier"/> looks for the answer of a response. What stands before the last <c>&lt;/think&gt;</c> never counts.</summary>
public enum MathAnswerSource
{
    /// <summary>The last <c>\boxed{}</c> or <c>\fbox{}</c> outside of fenced code; boxes with only "and", "or" or a comma between them are one answer.</summary>
    LastBox,

    /// <summary>All boxes must have the same content.</summary>
    SingleBox,

    /// <summary>The last box; without any the text behind the last "the answer is" or its like; else the last formula or number.</summary>
    Anywhere,
}
