using System.Buffers;
using System.Collections.Frozen;

namespace KdRl.Rewards;

/// <summary>Finds what running text states, where no phrase announces an answer.</summary>
internal static class MathStatements
{
    /// <summary>Characters before the end in which the last sentence is looked for.</summary>
    private const int MaxLength = 400;

    private static readonly string[] Conclusions = [" so ", ", then ", " thus ", " hence ", " therefore "];

    private static readonly string[] Verbs = [.. Conclusions, " is ", " are ", " was ", " were ", " has ", " have ", " equals ", " becomes ",
        " be ", " takes ", " costs ", " needs ", " gives ", " yields ", " get ", " gets ", " measures ", " makes ", " on "];

    /// <summary>What an aside begins with: behind a formula it adds nothing to it.</summary>
    private static readonly string[] Asides = ["for all", "for every", "for any", "for each", "for some", "where ", "since ", "because ", "or about", "or approximately", "about ", "approximately ", "which is about", "which is approximately", "≈"];

    /// <summary>What begins a remark behind a value.</summary>
    private static readonly string[] Remarks = [", or about ", ", or approximately ", ", or roughly ", ", about ", ", approximately ", ", which ", ", since ", ", because ", ", where ", " since ", " because ", " when ", " if "];

    private static readonly string[] Arrows = ["\\Rightarrow", "\\Longrightarrow", "\\implies", "\\therefore", "⇒", "∴"];

    private static readonly SearchValues<char> Operators = SearchValues.Create("+-*/×÷x");

    private static readonly string[] Negations = ["not", "cannot", "never", "n't"];

    private static readonly FrozenSet<string> Denials = ((string[])["not", "no", "never", "neither", "nor", "cannot", "or", "and"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What stands behind the last verb of the last sentence; null when there is no verb, or nothing behind it.</summary>
    public static TextSpan? Last(string text, TextSpan body)
    {
        var from = Math.Max(body.Start, body.End - MaxLength);
        var head = text.AsSpan(from, body.End - from);
        var sentence = from + Math.Max(0, Math.Max(head.LastIndexOf(". ", StringComparison.Ordinal), head.LastIndexOf('\n')));
        var rest = text.AsSpan(sentence, body.End - sentence);
        const string Missing = "does not exist";
        if (rest.EndsWith(Missing, StringComparison.Ordinal)) return body with { Start = body.End - Missing.Length };
        var first = rest.Length;
        foreach (var verb in Verbs)
            if (rest[..first].IndexOf(verb, StringComparison.Ordinal) is var at and >= 0) first = at;
        if (first == rest.Length) first = 0;
        var end = WithoutRemark(text, sentence + first, body.End);
        rest = text.AsSpan(sentence, end - sentence);
        var (start, before) = (-1, 0);
        foreach (var verb in Verbs)
            if (rest.LastIndexOf(verb, StringComparison.Ordinal) is var at and >= 0 && sentence + at + verb.Length > start) (start, before) = (sentence + at + verb.Length, at);
        // What is denied is stated with its denial.
        foreach (var denial in Negations)
            if (rest[..before].EndsWith(denial, StringComparison.Ordinal)) start = sentence + before - denial.Length;
        // A time of day or a point; "at least 24" says something else.
        if (rest.LastIndexOf(" at ", StringComparison.Ordinal) is var time and >= 0 && time + 4 < rest.Length && (char.IsAsciiDigit(rest[time + 4]) || rest[time + 4] == '(')) start = Math.Max(start, sentence + time + 4);
        if (start < 0 || start >= end) return null;
        var statement = text.AsSpan(start, end - start);
        // "40 girls are not in the team" states a number, and denies another thing.
        if (text.AsSpan(sentence, start - sentence).ContainsAnyInRange('0', '9') && !statement.ContainsAnyInRange('0', '9') && !statement.ContainsAny('$', '\\') && StartsWithNegation(statement)) return null;
        return new TextSpan(start + LengthOfCalculation(statement), end);
    }

    private static bool StartsWithNegation(ReadOnlySpan<char> statement)
    {
        foreach (var negation in Negations)
            if (statement.TrimStart().StartsWith(negation, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>Length of a calculation with numbers up to its last equals sign, "$20 - $15 = $5"; 0 where there is none, or letters may be unknowns.</summary>
    private static int LengthOfCalculation(ReadOnlySpan<char> statement)
    {
        var equals = statement.LastIndexOf('=');
        if (equals < 0 || !char.IsAsciiDigit(statement.TrimStart("$ ")[0]) || !statement[..equals].ContainsAny(Operators)) return 0;
        for (var i = 0; i < equals; i++)
        {
            if (statement[i] == '\\') return 0;
            if (!char.IsLetter(statement[i])) continue;
            var start = i;
            while (i < equals && char.IsLetter(statement[i])) i++;
            var isTimes = statement[start] == 'x' && start > 0 && statement[start - 1] == ' ' && statement[i] == ' ';
            if (i - start == 1 && !isTimes) return 0;
        }
        return equals + 1;
    }

    /// <summary>The end of a statement without a remark behind it, "(about 3.46)", that nothing is concluded from.</summary>
    private static int WithoutRemark(string text, int start, int end)
    {
        var conclusion = start;
        foreach (var word in Conclusions)
            if (text.AsSpan(start, end - start).LastIndexOf(word, StringComparison.Ordinal) is var found and >= 0) conclusion = Math.Max(conclusion, start + found);
        start = conclusion;
        foreach (var remark in Remarks)
            if (text.AsSpan(start, end - start).IndexOf(remark, StringComparison.Ordinal) is var comma and > 0) end = start + comma;
        var at = text.AsSpan(start, end - start).IndexOf(" (");
        return at > 0 && start + at + 3 < end && (text[start + at + 2] is '≈' or '\\' || (char.IsAsciiLetterLower(text[start + at + 2]) && char.IsAsciiLetterLower(text[start + at + 3]))) ? start + at : end;
    }

    /// <summary>"Yes" or "No" before a comma or full stop at the beginning of a text; null when neither stands there.</summary>
    public static TextSpan? YesOrNo(string text, TextSpan body)
    {
        foreach (var word in (string[])["Yes", "No"])
            if (body.Length > word.Length && text.AsSpan(body.Start).StartsWith(word, StringComparison.Ordinal) && text[body.Start + word.Length] is ',' or '.' or ';' or '!') return body with { End = body.Start + word.Length };
        return null;
    }

    /// <summary>The last words of a text, a few of them from the most on: "The series converges." Nothing behind a denial, or behind another answer.</summary>
    public static IEnumerable<TextSpan> LastWords(string text, TextSpan body)
    {
        const int most = 4;
        List<TextSpan> words = [];
        for (var end = body.End; end > body.Start && words.Count <= most;)
        {
            var start = end;
            while (start > body.Start && (char.IsLetter(text[start - 1]) || text[start - 1] is '\'' or '-')) start--;
            if (end - start < 2 || (start > body.Start && text[start - 1] != ' ')) break;
            words.Add(new TextSpan(start, end));
            end = start - 1;
        }
        for (var n = Math.Min(most, words.Count - 1); n > 0; n--)
            if (words[n].Of(text) is var before && !Denials.Contains(before) && !before.EndsWith("n't", StringComparison.Ordinal)) yield return body with { Start = words[n - 1].Start };
    }

    /// <summary>The last bold text that the last line has behind its beginning; null when there is none.</summary>
    public static TextSpan? LastBold(string text, TextSpan line)
    {
        var rest = text.AsSpan(line.Start, line.Length);
        var close = rest.LastIndexOf("**");
        var open = close < 2 ? -1 : rest[..close].LastIndexOf("**");
        return open <= 0 || close == open + 2 ? null : new TextSpan(line.Start + open + 2, line.Start + close);
    }

    /// <summary>What a formula comes to: what stands behind its last arrow.</summary>
    public static TextSpan Conclusion(string text, TextSpan formula)
    {
        var start = formula.Start;
        foreach (var arrow in Arrows)
            if (text.AsSpan(formula.Start, formula.Length).LastIndexOf(arrow, StringComparison.Ordinal) is var at and >= 0) start = Math.Max(start, formula.Start + at + arrow.Length);
        return text.AsSpan(start, formula.End - start).IsWhiteSpace() ? formula : formula with { Start = start };
    }

    /// <summary>The last row of aligned equations; all of a formula that is something else.</summary>
    public static TextSpan LastRow(string text, TextSpan formula)
    {
        var rows = text.AsSpan(formula.Start, formula.Length);
        var (begin, end) = (rows.IndexOf("\\begin{align", StringComparison.Ordinal), rows.LastIndexOf("\\end{align", StringComparison.Ordinal));
        if (begin < 0 || end < begin) return formula;
        rows = rows[..end].TrimEnd().TrimEnd('\\');
        return rows.LastIndexOf("\\\\", StringComparison.Ordinal) is var row and >= 0 ? new TextSpan(formula.Start + row + 2, formula.Start + rows.Length) : formula;
    }

    /// <summary>The sign that a proof ends with.</summary>
    public static bool IsEndMark(ReadOnlySpan<char> formula) => formula.Trim() is "\\blacksquare" or "\\square" or "\\Box" or "\\qed";

    /// <summary>Whether the text between a formula and what follows makes that an aside: "for all real x", "(about 3.46)".</summary>
    public static bool IsAside(ReadOnlySpan<char> gap)
    {
        gap = gap.TrimStart("$\\)], ");
        if (gap.StartsWith("(")) return gap.Length > 1 && !gap.Contains(')');
        foreach (var aside in Asides)
            if (gap.StartsWith(aside, StringComparison.OrdinalIgnoreCase)) return !gap.Contains(". ", StringComparison.Ordinal);
        return false;
    }
}
