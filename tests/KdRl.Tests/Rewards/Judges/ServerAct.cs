namespace KdRl.Tests.Rewards.Judges;

/// <summary>What a judge's server does with a request.</summary>
internal enum ServerAct
{
    /// <summary>Replies with the right verdict.</summary>
    Verdict,

    /// <summary>Quotes the whole answer, then replies with the right verdict.</summary>
    QuoteThenVerdict,

    // Faults of transport that pass.
    ServerError,
    Overloaded,
    TooManyRequests,
    Hang,
    HangInBody,
    AbortAtOnce,
    CutBody,
    HalfJson,
    Html,
    EmptyBody,
    NoChoices,
    OtherShape,

    // Replies without a valid verdict.
    Prose,
    EmptyReply,
    NoCode,
    OtherCode,
    OutOfRange,
    MissingField,
    ExtraField,
    TwoVerdicts,
    CutReply,
    HugeReply,

    // Final.
    BadRequest,
    Unauthorized,
    AskForAnHour,
}
