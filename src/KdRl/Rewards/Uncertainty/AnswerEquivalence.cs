namespace KdRl.Rewards;

/// <summary>When two answers say the same. Any function of two texts may stand in for these, a model of entailment for instance.</summary>
public static class AnswerEquivalence
{
    /// <summary>The same text, white space at the ends aside.</summary>
    /// <param name="a">An answer.</param>
    /// <param name="b">Another.</param>
    public static bool Exact(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.AsSpan().Trim().SequenceEqual(b.AsSpan().Trim());
    }

    /// <summary>The same text after <see cref="AnswerText.Normalise"/>.</summary>
    /// <param name="a">An answer.</param>
    /// <param name="b">Another.</param>
    public static bool Normalised(string a, string b) => AnswerText.Normalise(a) == AnswerText.Normalise(b);

    /// <summary>After <see cref="AnswerText.Normalise"/> one holds the other, and neither is empty: how UAlign compares an answer with a reference.</summary>
    /// <param name="a">An answer.</param>
    /// <param name="b">Another.</param>
    /// <remarks>Made for short answers: a long one holds many references. It is not transitive.</remarks>
    public static bool Containment(string a, string b)
    {
        var (first, second) = (AnswerText.Normalise(a), AnswerText.Normalise(b));
        return first.Length > 0 && second.Length > 0
            && (first.Contains(second, StringComparison.Ordinal) || second.Contains(first, StringComparison.Ordinal));
    }
}
