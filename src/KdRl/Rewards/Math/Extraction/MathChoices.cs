namespace KdRl.Rewards;

/// <summary>Reads multiple-choice answers.</summary>
internal static class MathChoices
{
    /// <summary>The letter that a reference consists of, in brackets perhaps; null when it is something else.</summary>
    public static char? Letter(List<MathToken> reference)
    {
        var bare = reference is [var only] ? only : reference is [{ Kind: MathTokenKind.Sign, Text: "(" }, var inner, { Kind: MathTokenKind.Sign, Text: ")" }] ? inner : default;
        return bare is { Kind: MathTokenKind.Letter, Text: [>= 'A' and <= 'J'] } ? bare.Text[0] : null;
    }

    /// <summary>The letters of an answer that names several options: A, C or AC or (A) and (C); null when it is something else.</summary>
    public static string? Several(List<MathToken> answer)
    {
        if (answer.Count is 0 or > 20) return null;
        var letters = "";
        for (var i = 0; i < answer.Count; i++)
        {
            if (answer[i] is { Kind: MathTokenKind.Letter or MathTokenKind.Word, Text: var text } && text.All(c => c is >= 'A' and <= 'J')) letters += text;
            // (A, B) is a point.
            else if (answer[i] is not { Kind: MathTokenKind.Sign, Text: "," or ";" or "and" or "(" or ")" } || (answer[i].Is("(") && !(i + 2 < answer.Count && answer[i + 2].Is(")")))) return null;
        }
        // In order and each once, so that no word is read as options.
        return letters.Length > 1 && letters.Distinct().Count() == letters.Length && letters.Length <= 10 ? string.Concat(letters.Order()) : null;
    }

    /// <summary>The letter of an answer such as B, (B), B) 12, B: 12, option B, \textbf{(B)} 12; null when it shows none.</summary>
    public static char? Chosen(List<MathToken> answer)
    {
        var at = 0;
        while (at < answer.Count && answer[at] is { Kind: MathTokenKind.Word } word && word.Text.ToLowerInvariant() is "option" or "choice" or "answer" or "the" or "correct" or "is") at++;
        if (at < answer.Count && answer[at].Is(":")) at++;
        var bracket = at < answer.Count && answer[at].Is("(");
        if (bracket) at++;
        if (at >= answer.Count || answer[at] is not { Kind: MathTokenKind.Letter, Text: [>= 'A' and <= 'J'] letter }) return null;
        at++;
        if (NamesAnother(answer, at)) return null;
        var closed = at < answer.Count && (answer[at].Is(")") || (!bracket && (answer[at].Is(":") || answer[at].Is("."))));
        return closed || (!bracket && at == answer.Count) ? letter[0] : null;
    }

    /// <summary>A second option behind the first: "(A) or (B)" chooses none.</summary>
    private static bool NamesAnother(List<MathToken> answer, int from)
    {
        for (var i = from; i < answer.Count; i++)
            if (answer[i] is { Kind: MathTokenKind.Letter, Text: [>= 'A' and <= 'J'] } && answer[i - 1] is { Kind: MathTokenKind.Sign, Text: "(" or "or" or "and" or "," or "/" or ";" }) return true;
        return false;
    }

    /// <summary>The tokens behind a decoration "(B)" or "B)", when there are some: a reference that is no letter means what stands there.</summary>
    /// <remarks>In mathematics (B) 12 could be a product; a number behind a blank says that it is none.</remarks>
    public static List<MathToken>? WithoutLabel(List<MathToken> answer)
    {
        var letter = answer is [{ Kind: MathTokenKind.Sign, Text: "(" }, ..] ? 1 : 0;
        if (answer.Count < letter + 3 || answer[letter] is not { Kind: MathTokenKind.Letter, Text: [>= 'A' and <= 'J'] } || !answer[letter + 1].Is(")")) return null;
        return answer[0].InText || answer[letter + 2] is { Kind: MathTokenKind.Number, SpaceBefore: true } ? answer[(letter + 2)..] : null;
    }

    /// <summary>The last option that running text names: a capital letter by itself, with its brackets, that is no article or pronoun.</summary>
    public static TextSpan? LastIn(string text, TextSpan body)
    {
        for (var i = body.End - 1; i >= body.Start; i--)
        {
            if (text[i] is not (>= 'A' and <= 'J') || IsLetter(i - 1) || IsLetter(i + 1)) continue;
            var bracketed = i > body.Start && text[i - 1] == '(' && i + 1 < body.End && text[i + 1] == ')';
            if (bracketed) return new TextSpan(i - 1, i + 2);
            // "A dog" and "I think" name no option.
            if (text[i] is 'A' or 'I' && i + 2 < body.End && text[i + 1] == ' ' && char.IsAsciiLetterLower(text[i + 2])) continue;
            return new TextSpan(i, i + 1);
        }
        return null;

        bool IsLetter(int at) => at >= body.Start && at < body.End && (char.IsLetterOrDigit(text[at]) || text[at] == '\\');
    }
}
