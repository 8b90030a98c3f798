namespace KdRl.Rewards;

/// <summary>Whether an answer is the reference.</summary>
public static class ExactMatch
{
    /// <summary>normalise(answer) = normalise(reference) (<see cref="AnswerText.Normalise"/>), and the answer is not blank.</summary>
    /// <param name="answer">The answer judged.</param>
    /// <param name="reference">The answer expected.</param>
    /// <param name="folding">The differences that do not count.</param>
    public static bool IsMatch(string answer, string reference, TextFolding folding = TextFolding.Basic) =>
        !string.IsNullOrWhiteSpace(answer) && AnswerText.Normalise(answer, folding) == AnswerText.Normalise(reference, folding);
}
