using System.Globalization;
using System.Text;

namespace KdRl.Rewards;

/// <summary>Recognises answers that no judge needs to see, and answers that speak to the judge.</summary>
internal sealed class AnswerFilter(JudgeOptions options)
{
    /// <summary>Found as whole words, whatever stands between them.</summary>
    private static readonly string[] DirectedPhrases =
    [.. new[]
    {
        "ignore previous", "ignore the previous", "ignore all previous", "ignore the above", "ignore all the above", "ignore your instructions", "ignore the instructions",
        "disregard previous", "disregard the above", "disregard all previous", "disregard your instructions", "forget your instructions",
        "as a grader", "as the grader", "dear grader", "dear judge", "note to grader", "note to the grader", "note to judge", "note to the judge",
        "you are a grader", "you are the judge", "give this answer", "give this response", "score this answer", "rate this answer", "rate this response",
        "award full marks", "assign full marks", "give full marks", "give full credit", "maximum score", "highest score", "end your reply with", "output the verdict",
    }.Select(p => $" {p} ")];

    private static readonly string[] VerdictKeys = ["\"verdict\"", "\"winner\"", "\"score\""];

    private readonly HashSet<string> empty = [.. options.EmptyAnswers.Select(Letters)];

    /// <summary>Why the answer gets the lowest score without being shown; null when the judge should see it.</summary>
    public string? Refuses(string answer)
    {
        if (IsEmpty(answer)) return "the answer is empty";
        if (empty.Contains(Letters(answer))) return "the answer is an opener without content";
        return options.RefuseJudgeDirected && IsDirectedAtJudge(answer) ? "the answer addresses the judge" : null;
    }

    /// <summary>The answer has no letter, digit or mathematical symbol.</summary>
    public static bool IsEmpty(string answer) => !answer.EnumerateRunes().Any(SaysSomething);

    /// <summary>The answer contains a phrase that only a judge could be meant by, or the keys of a verdict.</summary>
    public static bool IsDirectedAtJudge(string answer)
    {
        if (answer.Contains($"\"{JudgeQuestion.NonceKey}\"", StringComparison.Ordinal) && VerdictKeys.Any(k => answer.Contains(k, StringComparison.Ordinal))) return true;
        var words = Words(answer);
        return DirectedPhrases.Any(p => words.Contains(p, StringComparison.Ordinal));
    }

    // "7", "∞" and "→" can be right answers; ":" and "=" cannot.
    private static bool SaysSomething(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || (!rune.IsAscii && Rune.GetUnicodeCategory(rune) == UnicodeCategory.MathSymbol) || Rune.IsNumber(rune);

    private static string Words(string text)
    {
        var words = new StringBuilder(" ", text.Length + 2);
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c)) words.Append(char.ToLowerInvariant(c));
            else if (words[^1] != ' ') words.Append(' ');
        }
        return words.Append(' ').ToString();
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
