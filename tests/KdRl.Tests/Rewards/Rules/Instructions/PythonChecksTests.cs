using System.Text.Json;
using KdRl.Rewards;
using KdRl.TestSupport;

namespace KdRl.Tests.Rewards.Rules;

/// <summary>
/// What IFEval's published definitions say in Python (regular expressions, NLTK's word tokenizer) of sixty texts put together by chance from marks, words and
/// rarities: python-checks.jsonl. Sentences and languages are not among them: NLTK and langdetect go by trained models.
/// </summary>
public class PythonChecksTests
{
    private static readonly Dictionary<string, Func<string, object?>> Checks = new()
    {
        ["existence"] = t => KeywordChecks.Existence(t, ["keyword", "hello"]),
        ["freq"] = t => KeywordChecks.Frequency(t, "word"),
        ["forbidden"] = t => KeywordChecks.ForbiddenWords(t, ["forbidden", "no"]),
        ["letter"] = t => KeywordChecks.LetterFrequency(t, 'l'),
        ["paragraphs"] = t => LengthChecks.DividedParagraphs(t),
        ["words"] = t => LengthChecks.Words(t),
        ["first"] = t => LengthChecks.NthParagraphFirstWord(t, 2, 2, "hello"),
        ["first1"] = t => LengthChecks.NthParagraphFirstWord(t, 2, 1, "word"),
        ["placeholders"] = t => ContentChecks.Placeholders(t),
        ["ps"] = t => ContentChecks.Postscript(t, "P.S."),
        ["pps"] = t => ContentChecks.Postscript(t, "P.P.S"),
        ["bullets"] = t => FormatChecks.Bullets(t),
        ["constrained"] = t => FormatChecks.IsConstrainedResponse(t),
        ["highlights"] = t => FormatChecks.Highlights(t),
        ["sections"] = t => FormatChecks.Sections(t, "SECTION"),
        ["json"] = t => FormatChecks.IsJson(t),
        ["title"] = t => FormatChecks.HasTitle(t),
        ["two"] = t => ContentChecks.TwoResponses(t),
        ["repeat"] = t => ContentChecks.RepeatsPrompt(t, "hello"),
        ["end"] = t => ContentChecks.EndsWith(t, "any other questions?"),
        ["quotation"] = t => ContentChecks.IsQuoted(t),
        ["upper"] = t => CaseChecks.IsUpper(t),
        ["lower"] = t => CaseChecks.IsLower(t),
        ["caps"] = t => CaseChecks.CapitalWords(t),
        ["nocomma"] = t => ContentChecks.HasNoComma(t),
    };

    public static TheoryData<string> Names => [.. Checks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_SixtyTexts_SaysWhatPythonSays(string name)
    {
        var lines = File.ReadAllLines(Repository.Path("tests", "KdRl.Tests", "Rewards", "Rules", "Instructions", "python-checks.jsonl"));
        Assert.Equal(60, lines.Length);
        Assert.All(lines.Select(line => JsonElement.Parse(line)), line => Assert.Equal(line.GetProperty(name).GetRawText(), JsonSerializer.Serialize(Checks[name](line.GetProperty("text").GetString()!))));
    }
}
