namespace KdRl.Rewards;

/// <summary>The token F1 of SQuAD: how many words of a short answer are those of the reference.</summary>
public static class TokenF1
{
    /// <summary>F1 of the words of both texts as multisets, after <see cref="AnswerText.Normalise"/>: 2PR / (P + R). Two empty answers agree fully.</summary>
    /// <param name="candidate">The answer judged.</param>
    /// <param name="reference">The answer expected.</param>
    /// <returns>In [0, 1]; symmetric, and whatever the order of the words.</returns>
    public static double Score(string candidate, string reference)
    {
        var (found, expected) = (Words(candidate), Words(reference));
        return found.Length == 0 && expected.Length == 0 ? 1 : Rouge.NGrams(found, expected, 1).F1;
    }

    private static string[] Words(string text) => AnswerText.Normalise(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
