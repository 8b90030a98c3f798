namespace KdRl.Rewards;

/// <summary>The 25 instruction types of IFEval (arXiv 2311.07911): how arguments become a check.</summary>
internal static class InstructionCatalog
{
    private delegate Func<string, bool> Reader(InstructionArguments arguments, InstructionOptions options);

    private static readonly SortedDictionary<string, Reader> Readers = new(StringComparer.Ordinal)
    {
        ["change_case:capital_word_frequency"] = (a, _) => Counted(CaseChecks.CapitalWords, a.Number("capital_frequency", 0), a.Relation("capital_relation")),
        ["change_case:english_capital"] = (_, o) => r => CaseChecks.IsUpper(r) && CaseChecks.IsInLanguage(r, "en", o),
        ["change_case:english_lowercase"] = (_, o) => r => CaseChecks.IsLower(r) && CaseChecks.IsInLanguage(r, "en", o),
        ["combination:repeat_prompt"] = (a, _) => With(a.Text("prompt_to_repeat"), ContentChecks.RepeatsPrompt),
        ["combination:two_responses"] = (_, _) => ContentChecks.TwoResponses,
        ["detectable_content:number_placeholders"] = (a, _) => AtLeast(ContentChecks.Placeholders, a.Number("num_placeholders", 0)),
        ["detectable_content:postscript"] = (a, _) => With(a.Text("postscript_marker"), ContentChecks.Postscript),
        ["detectable_format:constrained_response"] = (_, _) => FormatChecks.IsConstrainedResponse,
        ["detectable_format:json_format"] = (_, _) => FormatChecks.IsJson,
        ["detectable_format:multiple_sections"] = (a, _) =>
        {
            var (opening, least) = (a.Text("section_spliter"), a.Number("num_sections", 0));
            return r => FormatChecks.Sections(r, opening) >= least;
        },
        ["detectable_format:number_bullet_lists"] = (a, _) => Exactly(FormatChecks.Bullets, a.Number("num_bullets", 0)),
        ["detectable_format:number_highlighted_sections"] = (a, _) => AtLeast(FormatChecks.Highlights, a.Number("num_highlights", 0)),
        ["detectable_format:title"] = (_, _) => FormatChecks.HasTitle,
        ["keywords:existence"] = (a, _) => With(a.Texts("keywords"), KeywordChecks.Existence),
        ["keywords:forbidden_words"] = (a, _) => With(a.Texts("forbidden_words"), KeywordChecks.ForbiddenWords),
        ["keywords:frequency"] = (a, _) => Counted(KeywordChecks.Frequency, a.Text("keyword").Trim(), a.Number("frequency", 0), a.Relation("relation")),
        ["keywords:letter_frequency"] = (a, _) => Counted(KeywordChecks.LetterFrequency, a.Letter("letter"), a.Number("let_frequency", 0), a.Relation("let_relation")),
        ["language:response_language"] = (a, o) => With(a.Text("language"), (r, language) => CaseChecks.IsInLanguage(r, language, o)),
        ["length_constraints:nth_paragraph_first_word"] = (a, _) => NthParagraph(a.Number("num_paragraphs", 1), a.Number("nth_paragraph", 1), a.Text("first_word")),
        ["length_constraints:number_paragraphs"] = (a, _) => With(a.Number("num_paragraphs", 0), (r, n) => LengthChecks.DividedParagraphs(r) == n),
        ["length_constraints:number_sentences"] = (a, _) => Counted(LengthChecks.Sentences, a.Number("num_sentences", 0), a.Relation("relation")),
        ["length_constraints:number_words"] = (a, _) => Counted(LengthChecks.Words, a.Number("num_words", 0), a.Relation("relation")),
        ["punctuation:no_comma"] = (_, _) => ContentChecks.HasNoComma,
        ["startend:end_checker"] = (a, _) => With(a.Text("end_phrase"), ContentChecks.EndsWith),
        ["startend:quotation"] = (_, _) => ContentChecks.IsQuoted,
    };

    /// <summary>All ids, in order.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Readers.Keys];

    /// <summary>Makes the check; null for an unknown id.</summary>
    /// <exception cref="ArgumentException">An argument is missing, left over or not of its kind.</exception>
    public static Func<string, bool>? Check(string id, InstructionArguments arguments, InstructionOptions options)
    {
        if (!Readers.TryGetValue(id, out var reader)) return null;
        var check = reader(arguments, options);
        arguments.ThrowIfLeft();
        return check;
    }

    private static Func<string, bool> With<T>(T argument, Func<string, T, bool> check) => r => check(r, argument);

    private static Func<string, bool> Exactly(Func<string, int> count, int number) => r => count(r) == number;

    private static Func<string, bool> AtLeast(Func<string, int> count, int number) => r => count(r) >= number;

    private static Func<string, bool> Counted(Func<string, int> count, int threshold, Func<int, int, bool> relation) => r => relation(count(r), threshold);

    private static Func<string, bool> Counted<T>(Func<string, T, int> count, T sought, int threshold, Func<int, int, bool> relation) => r => relation(count(r, sought), threshold);

    private static Func<string, bool> NthParagraph(int paragraphs, int nth, string firstWord) => nth <= paragraphs
        ? r => LengthChecks.NthParagraphFirstWord(r, paragraphs, nth, firstWord)
        : throw new ArgumentException($"nth_paragraph is {nth} of {paragraphs} paragraphs; expected one of them.");
}
