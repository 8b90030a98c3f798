using System.Buffers;

namespace KdRl.Rewards;

/// <summary>Finds the answer of a response. One pass over the text for each kind of place, from the last <c>&lt;/think&gt;</c> on.</summary>
internal sealed class MathExtractor(MathVerifierOptions options, bool isChoice)
{
    private static readonly SearchValues<string> Explanations = SearchValues.Create([", ", " because", " since", " as ", " for ", " (", " which", " that "], StringComparison.Ordinal);

    /// <summary>What a sentence begins with that names no answer, or more than one.</summary>
    private static readonly string[] Hedges = ["not ", "cannot ", "never ", "n't ", "neither ", "either ", "between ", "less than ", "more than ", "greater than ", "at least ", "at most ", "one of "];

    /// <summary>What a bare answer may begin with.</summary>
    private static readonly string[] Connectives = ["so ", "so, ", "thus ", "thus, ", "hence ", "hence, ", "therefore ", "therefore, ", "then ", "we get ", "we have ", "∴"];

    /// <summary>Characters before the end in which an answer without a box is looked for: what stands farther from it ends nothing.</summary>
    private const int MaxSearched = 16_000;

    private const int TailLength = 4000;

    /// <summary>Longest line that is taken for a bare answer as a whole.</summary>
    private const int MaxBareLength = 400;

    /// <summary>The answer, or the reason why there is none.</summary>
    /// <param name="response">All that the model wrote.</param>
    /// <param name="isReadable">Whether a text can be read as an answer to the reference; used only where nothing marks the answer.</param>
    public MathCandidate Extract(string response, Func<string, bool> isReadable)
    {
        // Long thoughts are not copied, as ReasoningSplit would.
        var close = response.LastIndexOf(ReasoningSplit.DefaultCloseTag, StringComparison.Ordinal);
        var from = close < 0 ? 0 : close + ReasoningSplit.DefaultCloseTag.Length;
        if (response.AsSpan(from).Contains(ReasoningSplit.DefaultOpenTag, StringComparison.Ordinal)) return MathCandidate.None(MathVerdictStatus.Truncated);
        var boxes = MathBoxes.Find(response, from, options.MaxAnswerLength, options.Source == MathAnswerSource.SingleBox, out var endsOpen);
        if (endsOpen) return MathCandidate.None(MathVerdictStatus.Truncated);
        if (boxes.Count > 0) return FromBoxes(response, boxes);
        return options.Source == MathAnswerSource.Anywhere ? FromText(response, Math.Max(from, response.Length - MaxSearched), isReadable) : MathCandidate.None(MathVerdictStatus.NoAnswer);
    }

    private MathCandidate FromBoxes(string response, List<TextSpan> boxes)
    {
        var first = MathBoxes.FirstOfLast(response, boxes);
        if (options.Source == MathAnswerSource.SingleBox)
        {
            var distinct = boxes.Take(first).Any(b => !Same(response, b, boxes[^1]));
            if (distinct) return new MathCandidate(MathVerdictStatus.Ambiguous, [], boxes[^1].Start);
        }
        // Thousands of boxes side by side are no answer, however short each is.
        if (boxes[^1].End - boxes[first].Start > options.MaxAnswerLength) return new MathCandidate(MathVerdictStatus.Rejected, [], boxes[first].Start);
        string[] texts = [.. boxes.Skip(first).Select(b => b.Of(response))];
        return Array.Exists(texts, t => !HasContent(t))
            ? new MathCandidate(MathVerdictStatus.Rejected, [], boxes[^1].Start)
            : new MathCandidate(MathVerdictStatus.Compared, texts, boxes[first].Start);
    }

    private static bool Same(string response, TextSpan a, TextSpan b) => response.AsSpan(a.Start, a.Length).Trim().SequenceEqual(response.AsSpan(b.Start, b.Length).Trim());

    /// <summary>A letter, digit or sign: more than blanks and punctuation.</summary>
    public static bool HasContent(string text)
    {
        foreach (var c in text)
            if (char.IsLetterOrDigit(c) || char.IsSymbol(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.OtherNumber) return true;
        return text.Contains("\\{", StringComparison.Ordinal);
    }

    private MathCandidate FromText(string response, int from, Func<string, bool> isReadable)
    {
        if (MathAnchors.Find(response, from) is { } announced) return FromSentence(response, announced, isReadable);
        var body = Trim(response, new TextSpan(from, response.Length));
        if (body.Length == 0) return MathCandidate.None(MathVerdictStatus.NoAnswer);
        while (Begins(response, body, Connectives) is var length and > 0) body = Trim(response, body with { Start = body.Start + length });
        if (MathStatements.YesOrNo(response, body) is { } word && isReadable(word.Of(response))) return At(response, word);
        if (body.Length <= MaxBareLength && isReadable(body.Of(response))) return At(response, body);
        var behind = MathStatements.Last(response, body);
        if (behind is { } denied && Begins(response, denied, Hedges) > 0) return At(response, denied);
        if (Stated(response, body, behind, isReadable) is { } stated) return At(response, stated);
        if (isChoice && MathChoices.LastIn(response, body) is { } option) return At(response, option);
        if (LastBrackets(response, body) is { } brackets && isReadable(brackets.Of(response))) return At(response, brackets);
        return LastFormulaOrNumber(response, body) is { } last ? At(response, last) : At(response, LastLine(response, body));
    }

    /// <summary>The sentence behind an anchor: all of it if it reads as an answer, else its formulas, else its last number.</summary>
    private MathCandidate FromSentence(string response, TextSpan line, Func<string, bool> isReadable)
    {
        var sentence = Trim(response, Sentence(response, line));
        if (sentence.Length == 0) return MathCandidate.None(MathVerdictStatus.NoAnswer);
        if ((sentence.Length <= MaxBareLength && isReadable(sentence.Of(response))) || Begins(response, sentence, Hedges) > 0) return At(response, sentence);
        if (Clause(response, sentence) is { } clause && clause.Length <= MaxBareLength && isReadable(clause.Of(response))) return At(response, clause);
        if (isChoice && MathChoices.LastIn(response, sentence) is { } option) return At(response, option);
        if (LastBrackets(response, sentence) is { } brackets && isReadable(brackets.Of(response))) return At(response, brackets);
        var formulas = MathFormulas.Find(response, line.Start, line.End);
        if (formulas.Count > 0)
        {
            var last = 0;
            while (last + 1 < formulas.Count && MathBoxes.AreAdjacent(response, formulas[last], formulas[last + 1])) last++;
            return At(response, new TextSpan(formulas[0].Start, formulas[last].End));
        }
        // After a calculation its result counts, else what is named first.
        var calculates = response.AsSpan(sentence.Start, sentence.Length).Contains('=');
        return At(response, MathNumbers.Last(response, sentence.Start, calculates ? sentence.End : MathNumbers.EndOfFirst(response, sentence), options.DecimalComma) ?? sentence);
    }

    /// <summary>Length of the phrase that a text begins with; 0 when it begins with none of them.</summary>
    private static int Begins(string text, TextSpan span, string[] phrases) =>
        Array.Find(phrases, p => text.AsSpan(span.Start, span.Length).StartsWith(p, StringComparison.OrdinalIgnoreCase))?.Length ?? 0;

    /// <summary>The beginning of a sentence up to what only explains it; null when nothing does.</summary>
    private static TextSpan? Clause(string text, TextSpan sentence)
    {
        var end = text.AsSpan(sentence.Start, sentence.Length).IndexOfAny(Explanations);
        return end > 0 ? Trim(text, sentence with { End = sentence.Start + end }) : null;
    }

    /// <summary>Up to a full stop with a blank behind it.</summary>
    private static TextSpan Sentence(string text, TextSpan line)
    {
        for (var i = line.Start; i + 1 < line.End; i++)
            if (text[i] == '.' && char.IsWhiteSpace(text[i + 1]) && !IsAbbreviation(text, line.Start, i)) return new TextSpan(line.Start, i);
        return line;
    }

    private static bool IsAbbreviation(string text, int from, int dot) => dot - from is >= 1 and <= 2 && char.IsAsciiLetterUpper(text[from]);

    /// <summary>What the last sentence says of its subject, or stresses, if that reads as an answer.</summary>
    private static TextSpan? Stated(string response, TextSpan body, TextSpan? behind, Func<string, bool> isReadable)
    {
        TextSpan?[] places = [behind, behind is { } rest ? Clause(response, rest) : null, MathStatements.LastBold(response, LastLine(response, body)), .. MathStatements.LastWords(response, body)];
        return Array.Find(places, p => p is { Length: > 0 and <= MaxBareLength } place && place.Of(response) is var text && HasContent(text) && !IsSpelledOut(text) && isReadable(text));
    }

    /// <summary>"exactly one solution": a number word in prose counts something, but is seldom the answer.</summary>
    private static bool IsSpelledOut(string text) => !text.AsSpan().ContainsAnyInRange('0', '9') && text.Split(' ').Any(MathVocabulary.Numbers.ContainsKey);

    private TextSpan? LastFormulaOrNumber(string response, TextSpan body)
    {
        var formulas = MathFormulas.Find(response, TailStart(response, body), body.End);
        var number = MathNumbers.Last(response, body.Start, body.End, options.DecimalComma);
        formulas.RemoveAll(f => MathStatements.IsEndMark(response.AsSpan(f.Start, f.Length)));
        if (formulas.Count == 0) return number;
        while (formulas.Count > 1 && MathStatements.IsAside(response.AsSpan(formulas[^2].End, formulas[^1].Start - formulas[^2].End))) formulas.RemoveAt(formulas.Count - 1);
        var first = MathBoxes.FirstOfLast(response, formulas);
        // 2x = 16, x = 8 is a calculation and its result, x = 2, x = 5 are two results.
        while (first < formulas.Count - 1 && Left(formulas[^1]) is { Length: > 0 } name && IsStep(formulas[first], name)) first++;
        var formula = MathStatements.Conclusion(response, new TextSpan(formulas[first].Start, formulas[^1].End));
        if (Left(formula) is var head && IsCalculation(head[(head.LastIndexOf('}') + 1)..].Trim())) formula = MathStatements.LastRow(response, formula);
        return number is { } later && later.Start > formula.End && !MathStatements.IsAside(response.AsSpan(formula.End, later.Start - formula.End)) ? later : formula;

        bool IsStep(TextSpan span, string name) => Left(span) is { Length: > 0 } left
            ? left != name && IsCalculation(left)
            : response.AsSpan(span.Start, span.Length).ContainsAny('<', '>');

        static bool IsCalculation(string left) => left.Length > 0 && (char.IsAsciiDigit(left[0]) || left.AsSpan().ContainsAny('+', '-', '^'));

        string Left(TextSpan span) => response.AsSpan(span.Start, span.Length).IndexOf('=') is var at and > 0 ? response[span.Start..(span.Start + at)].Trim() : "";
    }

    /// <summary>A pair, interval or the like that ends a text; null when its end is something else.</summary>
    private static TextSpan? LastBrackets(string text, TextSpan body)
    {
        if (body.Length == 0 || text[body.End - 1] is not (')' or ']')) return null;
        var (depth, hasComma) = (0, false);
        for (var i = body.End - 1; i >= Math.Max(body.Start, body.End - MaxBareLength); i--)
        {
            if (text[i] is ')' or ']') depth++;
            else if (text[i] is '(' or '[' && --depth == 0) return hasComma ? new TextSpan(i, body.End) : null;
            else if (text[i] == '$') return null;
            hasComma |= text[i] == ',';
        }
        return null;
    }

    /// <summary>Where the last formulas are looked for: a few thousand characters before the end, between two sentences so that dollars stay in pairs.</summary>
    private static int TailStart(string text, TextSpan body)
    {
        if (body.Length <= TailLength) return body.Start;
        var head = text.AsSpan(body.Start, body.Length - TailLength);
        var cut = Math.Max(head.LastIndexOf(". ", StringComparison.Ordinal), head.LastIndexOf('\n'));
        return cut < 0 ? body.Start : body.Start + cut + 1;
    }

    private static TextSpan LastLine(string text, TextSpan body)
    {
        var line = text.AsSpan(body.Start, body.Length).LastIndexOf('\n');
        return Trim(text, new TextSpan(body.Start + line + 1, body.End));
    }

    private MathCandidate At(string response, TextSpan span)
    {
        if (span.Length > options.MaxAnswerLength) return new MathCandidate(MathVerdictStatus.Rejected, [], span.Start);
        var text = span.Of(response);
        return HasContent(text) ? new MathCandidate(MathVerdictStatus.Compared, [text], span.Start) : new MathCandidate(MathVerdictStatus.Rejected, [], span.Start);
    }

    /// <summary>Leaves out blanks, emphasis and a closing full stop.</summary>
    private static TextSpan Trim(string text, TextSpan span)
    {
        var (start, end) = (span.Start, span.End);
        while (start < end && (char.IsWhiteSpace(text[start]) || text[start] is '*' or '`')) start++;
        while (end > start && (char.IsWhiteSpace(text[end - 1]) || text[end - 1] is '*' or '.' or '`')) end--;
        return new TextSpan(start, end);
    }
}
