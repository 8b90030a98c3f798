namespace KdRl.Rewards;

/// <summary>What a policy should say where it knows nothing (UAlign, arXiv 2412.11803).</summary>
public static class RefusalTarget
{
    /// <summary>The refusal that UAlign trains on.</summary>
    public const string Text = "Sorry, I don't know.";

    /// <summary>The answer to train on: the reference where at least one of K answers was right, else <see cref="Text"/>.</summary>
    /// <param name="estimate">What the policy knows.</param>
    /// <param name="reference">The right answer.</param>
    public static string For(UncertaintyEstimate estimate, string reference)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        ArgumentNullException.ThrowIfNull(reference);
        return estimate.Known ? reference : Text;
    }

    /// <summary>Whether an answer refuses: it holds "sorry", whatever its case, and is not right.</summary>
    /// <param name="answer">The answer, without its reasoning.</param>
    /// <param name="correct">The verifier's verdict on it.</param>
    public static bool IsRefusal(string answer, bool correct)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return !correct && answer.Contains("sorry", StringComparison.OrdinalIgnoreCase);
    }
}
