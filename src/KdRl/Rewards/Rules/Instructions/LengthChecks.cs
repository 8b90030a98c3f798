using System.Text;

namespace KdRl.Rewards;

/// <summary>The IFEval instructions about length.</summary>
public static class LengthChecks
{
    private const string Divider = "***";
    private const string BlankLine = "\n\n";
    private const string EndsFirstWord = ".,?!'\"";

    /// <summary><c>length_constraints:number_words</c>: runs of letters, numbers and underscores, so that hyphens and apostrophes part words.</summary>
    /// <param name="response">The response.</param>
    public static int Words(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return PythonText.CountWords(response);
    }

    /// <summary><c>length_constraints:number_sentences</c>: see <see cref="SentenceSplitter"/>.</summary>
    /// <param name="response">The response.</param>
    public static int Sentences(string response) => SentenceSplitter.Count(response);

    /// <summary>
    /// <c>length_constraints:number_paragraphs</c>: the pieces between <c>***</c>, a blank first or last piece not counted; null when a piece
    /// between two dividers is blank.
    /// </summary>
    /// <param name="response">The response.</param>
    public static int? DividedParagraphs(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var pieces = response.Split(Divider);
        var count = pieces.Length;
        for (var i = 0; i < pieces.Length; i++)
        {
            if (!PythonText.IsBlank(pieces[i])) continue;
            if (i != 0 && i != pieces.Length - 1) return null;
            count--;
        }

        return count;
    }

    /// <summary>
    /// <c>length_constraints:nth_paragraph_first_word</c>: there are so many paragraphs that are not blank, parted by an empty line, and the
    /// n-th (blank ones counted here) starts with the word, lower-cased and cut at the first of <c>. , ? ! ' "</c>.
    /// </summary>
    /// <param name="response">The response.</param>
    /// <param name="paragraphs">Paragraphs asked for.</param>
    /// <param name="nth">Which of them, from 1.</param>
    /// <param name="firstWord">The word it starts with.</param>
    public static bool NthParagraphFirstWord(string response, int paragraphs, int nth, string firstWord)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(firstWord);
        ArgumentOutOfRangeException.ThrowIfLessThan(nth, 1);
        var pieces = response.Split(BlankLine);
        var count = pieces.Count(p => !PythonText.IsBlank(p));
        return count == paragraphs && nth <= count && FirstWord(PythonText.Strip(pieces[nth - 1])) is { Length: > 0 } first && first.Equals(firstWord, StringComparison.OrdinalIgnoreCase);
    }

    private static string FirstWord(string paragraph)
    {
        var end = 0;
        while (end < paragraph.Length && !PythonText.IsSpace(paragraph[end])) end++;
        var word = new StringBuilder();
        foreach (var c in paragraph[..end].TrimStart('\'').TrimStart('"'))
        {
            if (EndsFirstWord.Contains(c)) break;
            word.Append(char.ToLowerInvariant(c));
        }

        return word.ToString();
    }
}
