using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace KdRl.Rewards;

/// <summary>Counts sentences by the decisions of the Punkt splitter (Kiss and Strunk 2006), which IFEval uses through NLTK.</summary>
/// <remarks>
/// <para>
/// The rules are Punkt's: ? and ! end a sentence, and so does a full stop, unless its word is an abbreviation, an initial, a number or an
/// ellipsis and the next word does not look like a beginning. Closing quotes and brackets belong to the sentence before. A line end alone
/// ends nothing, and "1." at the start of a line is a sentence of its own, there as here.
/// </para>
/// <para>
/// Punkt learnt its abbreviations and typical beginnings from a corpus; here they are short English lists, and e.g. and i.e., which NLTK's
/// model lacks, are among them. One rule is added: the marks of Chinese, Japanese, Hindi and Urdu (。！？｡।؟۔) end a sentence, where
/// NLTK counts such a text as one. Counts may therefore differ by a sentence where abbreviations are rare ones. Linear in the text.
/// </para>
/// </remarks>
public static class SentenceSplitter
{
    private const string Closing = "\"')]}";
    private const string NonWord = ")\";}]*:@'({[?!";
    private const string NotAWordStart = "(\"`{[:;&#*@)}]-,";
    private const string OtherEnds = "。！？｡।؟۔";
    private const string OtherClosing = "」』”’）";
    private const int LongestAbbreviation = 12;

    private static readonly FrozenSet<string> Abbreviations = Set("""
        mr mrs ms messrs dr prof rev hon st sr jr gen col maj capt cmdr lt sgt cpl adm gov sen rep pres supt det
        inc ltd co corp bros llc plc cie assn dept dist est univ
        jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
        ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa penn tenn tex va vt wash wis wyo
        ave blvd rd hwy ft mt apt ste no nos vol vols ed eds pp fig figs eq sec ch al approx ca cf vs v viz etc e.g i.e
        a.m p.m a.d b.c u.s u.k u.n u.s.a u.s.s.r e.u d.c n.y n.j n.c s.c n.d s.d n.h n.m r.i w.va ph.d m.d b.a m.a b.sc m.sc m.b.a d.d.s r.n j.d
        oz lb lbs kg mg cm mm km hr hrs min mins ext tel
        """);

    /// <summary>Words that are written small inside a sentence, so that a capital shows a beginning.</summary>
    private static readonly FrozenSet<string> Beginnings = Set("""
        a an the this that these those it he she they we you its his her their our your my there here who what when where why how which whose
        in on at by for from with without of to as if into over under after before since until while during through about between among against
        and but or nor so yet however although though because unless whether once then thus hence therefore moreover furthermore meanwhile otherwise
        some many most more all both each every any no none other another such few several one two three first second finally next last
        is are was were be been do does did has have had can could will would shall should may might must let please not never also even only just
        now today yesterday tomorrow soon later again always often sometimes usually perhaps maybe yes well
        according despite instead like unlike make take use get go see try remember note consider
        """);

    private static readonly Regex Number = new(@"^-?[.,]?[0-9][0-9,.\-]*\.?\z", RegexOptions.NonBacktracking);

    /// <summary>How many sentences a text has; 0 for a blank one.</summary>
    /// <param name="text">Any text.</param>
    public static int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (count, start) = (0, 0);
        foreach (var end in Ends(text))
        {
            count++;
            start = end;
        }

        return count + (PythonText.IsBlank(text.AsSpan(start)) ? 0 : 1);
    }

    /// <summary>The places behind the sentences that are followed by more text, closing quotes and brackets included.</summary>
    private static IEnumerable<int> Ends(string text)
    {
        for (var start = 0; Chunk(text, start) is { } chunk; start = chunk.To)
        {
            var next = Chunk(text, chunk.To);
            if (EndIn(text, chunk, next) is not { } end) continue;
            end = Realigned(text, end);
            if (next is not null || end < chunk.To) yield return end;
        }
    }

    /// <summary>The next run without white space; a mark that no space follows in its language ends it too.</summary>
    private static (int From, int To)? Chunk(string text, int at)
    {
        while (at < text.Length && PythonText.IsSpace(text[at])) at++;
        if (at == text.Length) return null;
        var from = at;
        while (at < text.Length && !PythonText.IsSpace(text[at]))
        {
            if (!OtherEnds.Contains(text[at++])) continue;
            while (at < text.Length && (OtherEnds.Contains(text[at]) || Closing.Contains(text[at]) || OtherClosing.Contains(text[at]))) at++;
            break;
        }

        return (from, at);
    }

    /// <summary>Where in a run a sentence ends: behind the last mark that more punctuation or another run follows, if the words before agree.</summary>
    private static int? EndIn(string text, (int From, int To) chunk, (int From, int To)? next)
    {
        for (var i = chunk.To - 1; i >= chunk.From; i--)
        {
            if (OtherEnds.Contains(text[i])) return chunk.To;
            if (text[i] is not ('.' or '?' or '!')) continue;
            var last = i + 1 == chunk.To;
            if (last ? next is null : !NonWord.Contains(text[i + 1])) continue;
            var follower = last ? FirstToken(text, next!.Value) : text[i + 1].ToString();
            return EndsSentence(text[chunk.From..(i + 1)], follower) ? i + 1 : null;
        }

        return null;
    }

    /// <summary>Moves the end behind closing quotes and brackets if white space, a dash or nothing follows them.</summary>
    private static int Realigned(string text, int end)
    {
        // They may stand after white space too: the rest of the text starts there.
        var from = end;
        while (from < text.Length && PythonText.IsSpace(text[from])) from++;
        var to = from;
        while (to < text.Length && Closing.Contains(text[to])) to++;
        var closes = to > from && (to == text.Length || PythonText.IsSpace(text[to]) || text.AsSpan(to).StartsWith("--"));
        return closes ? to : end;
    }

    private static bool EndsSentence(string words, string follower)
    {
        var tokens = Tokens(words);
        for (var i = 0; i < tokens.Count; i++)
            if (IsEnd(tokens[i], i + 1 < tokens.Count ? tokens[i + 1] : follower)) return true;
        return false;
    }

    /// <summary>Punkt's two passes on one token and the token after it.</summary>
    private static bool IsEnd(string token, string next)
    {
        if (token is "." or "?" or "!") return true;
        if (!token.EndsWith('.')) return false;
        var word = token.Length <= LongestAbbreviation ? token[..^1].ToLowerInvariant() : "";
        var ellipsis = token.EndsWith("..", StringComparison.Ordinal);
        var abbreviation = Abbreviations.Contains(word) || Abbreviations.Contains(word[(word.LastIndexOf('-') + 1)..]);
        var begins = Begins(next);
        if (token.Length == 2 && char.IsLetter(token[0])) return !abbreviation && (begins == true || (begins is null && !char.IsUpper(next[0])));
        if (ellipsis || abbreviation) return begins == true;
        return !Number.IsMatch(token) || begins != false;
    }

    /// <summary>Whether a word looks like the beginning of a sentence: a capital on a word written small elsewhere does, a small letter does not.</summary>
    private static bool? Begins(string word) =>
        char.IsLower(word[0]) ? false
        : char.IsUpper(word[0]) && word.Length <= LongestAbbreviation && Beginnings.Contains(word.ToLowerInvariant()) ? true
        : null;

    private static string FirstToken(string text, (int From, int To) chunk) => text[chunk.From..(chunk.From + TokenLength(text, chunk.From, chunk.To))];

    private static List<string> Tokens(string words)
    {
        var tokens = new List<string>();
        for (var at = 0; at < words.Length; at += tokens[^1].Length) tokens.Add(words.Substring(at, TokenLength(words, at, words.Length)));
        return tokens;
    }

    /// <summary>A run of dots or dashes, a word up to punctuation, or a single character.</summary>
    private static int TokenLength(string text, int from, int to)
    {
        if (IsMultiple(text, from, to)) return text.AsSpan(from, to - from).IndexOfAnyExcept(text[from]) is > 0 and var run ? run : to - from;
        if (NotAWordStart.Contains(text[from])) return 1;
        var end = from + 1;
        while (end < to && !NonWord.Contains(text[end]) && !IsMultiple(text, end, to) && !(text[end] == ',' && (end + 1 == to || NonWord.Contains(text[end + 1])))) end++;
        return end - from;
    }

    private static bool IsMultiple(string text, int at, int to) => at + 1 < to && (text[at] is '.' or '-') && text[at + 1] == text[at];

    private static FrozenSet<string> Set(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
