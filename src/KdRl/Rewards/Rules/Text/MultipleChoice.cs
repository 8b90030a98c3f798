namespace KdRl.Rewards;

/// <summary>Reads which option of a multiple-choice question an answer takes.</summary>
public static class MultipleChoice
{
    private const int MaxChoices = 26;
    private const string Decoration = " :*_([\"$";
    private static readonly string[] Anchors = ["answer is", "answer:", "answer", "choice is", "option is"];

    /// <summary>
    /// The letter of the option taken: that of the boxes if there are any, else that of "answer is X" or "Answer: X", else the answer
    /// itself if it is only a letter ("B", "(B)", "**B.**") or one line that starts with one ("B) Paris").
    /// </summary>
    /// <param name="answer">The response after its reasoning. Time is linear in its length.</param>
    /// <param name="choices">How many options there are, A being the first; 2 to 26.</param>
    /// <returns>An upper-case letter; null when there is none, or when letters of the same kind differ: hedging is no answer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 or more than 26 options.</exception>
    public static char? Extract(string answer, int choices)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(choices, MaxChoices);
        var boxes = BoxedFormat.Contents(answer);
        if (boxes.Count > 0) return Agreed(boxes.Select(b => Alone(Unwrap(b), choices)));
        var stated = Stated(answer, choices);
        return stated.Count > 0 ? Agreed(stated.Select(l => (char?)l)) : Alone(answer, choices) ?? FirstOfLine(answer.Trim(), choices);
    }

    private static char? Agreed(IEnumerable<char?> letters) => letters.Distinct().ToArray() is [var only] ? only : null;

    /// <summary>The letters that follow an anchor. A bare lower-case letter is a word ("the answer is a number"), a bare "A" or "I" before a word too.</summary>
    private static List<char> Stated(string text, int choices)
    {
        var letters = new List<char>();
        foreach (var anchor in Anchors)
        {
            for (var at = 0; (at = text.IndexOf(anchor, at, StringComparison.OrdinalIgnoreCase)) >= 0; at += anchor.Length)
            {
                var i = at + anchor.Length;
                var from = i;
                while (i < text.Length && Decoration.Contains(text[i])) i++;
                if (i >= text.Length || i == from || Letter(text[i], choices) is not { } letter) continue;
                var bare = text[i - 1] is ' ' or ':';
                if (i + 1 < text.Length && (char.IsLetterOrDigit(text[i + 1]) || text[i + 1] is '\'' or '’')) continue;
                if (bare && (char.IsAsciiLetterLower(text[i]) || (letter is 'A' or 'I' && i + 2 < text.Length && text[i + 1] == ' ' && char.IsLetter(text[i + 2])))) continue;
                letters.Add(letter);
            }
        }

        return letters;
    }

    private static char? Alone(string text, int choices) =>
        text.Trim(' ', '\t', '\r', '\n', '*', '_', '(', ')', '[', ']', '.', ',', ':', '"', '\'', '$') is [var letter] ? Letter(letter, choices) : null;

    private static string Unwrap(string box)
    {
        var content = box.Trim();
        foreach (var command in (string[])[@"\text{", @"\textbf{", @"\mathrm{", @"\mathbf{"])
            if (content.StartsWith(command, StringComparison.Ordinal) && content.EndsWith('}')) return content[command.Length..^1];
        return content;
    }

    private static char? FirstOfLine(string text, int choices)
    {
        if (text.Contains('\n')) return null;
        var line = text.TrimStart('*', '(', '[', ' ');
        return line is [var letter, ')' or ']' or '.' or ':', ..] ? Letter(letter, choices) : null;
    }

    private static char? Letter(char c, int choices) =>
        char.IsAsciiLetter(c) && char.ToUpperInvariant(c) - 'A' < choices ? char.ToUpperInvariant(c) : null;
}
