namespace KdRl.Rewards;

/// <summary>What <see cref="MathVerifier"/> found.</summary>
public sealed record MathVerdict
{
    /// <summary>The answer equals the reference. Never true unless <see cref="Status"/> is <see cref="MathVerdictStatus.Compared"/>.</summary>
    public bool IsCorrect { get; init; }

    /// <summary>Whether there was an answer and it could be compared.</summary>
    public MathVerdictStatus Status { get; init; }

    /// <summary>The answer as the response has it; null when none was found.</summary>
    public string? ExtractedAnswer { get; init; }

    /// <summary>The answer as it was understood: signs and blanks unified, styles left out; null when none was found.</summary>
    public string? Normalized { get; init; }

    /// <summary>Where <see cref="ExtractedAnswer"/> starts in the response, in characters; -1 when none was found.</summary>
    public int Start { get; init; } = -1;
}
