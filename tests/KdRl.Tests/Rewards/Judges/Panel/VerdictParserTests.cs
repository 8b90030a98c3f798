using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Judges.Panel;

public class VerdictParserTests
{
    private const string Code = "0123456789abcdef0123456789abcdef";
    private static readonly JudgeField[] Fields = [JudgeField.Integer("clarity", 1, 10), JudgeField.Choice("winner", ["A", "B", "tie"])];
    private static readonly string Good = Verdict("\"clarity\": 7, \"winner\": \"B\"");

    [Fact]
    public void Parse_VerdictAfterReasons_GivesEachField()
    {
        var values = Parse("It is clear {mostly}, see \"x\".\n" + Good + "\n").Values!;

        Assert.Equal(7, values["clarity"]);
        Assert.Equal(1, values["winner"]);
    }

    [Theory]
    [InlineData("\"clarity\": 0, \"winner\": \"A\"", "'clarity' is not <integer from 1 to 10>")]
    [InlineData("\"clarity\": 11, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": 7.5, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": 7e0, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": 7.01, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": 7.0e0, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": 1e999, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": 1e-999, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": \"7\", \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": null, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": true, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": 99999999999999999999, \"winner\": \"A\"", "'clarity'")]
    [InlineData("\"clarity\": NaN, \"winner\": \"A\"", "not JSON")]
    [InlineData("\"clarity\": 07, \"winner\": \"A\"", "not JSON")]
    [InlineData("\"clarity\": 7, \"winner\": \"C\"", "'winner' is not <one of \"A\", \"B\", \"tie\">")]
    [InlineData("\"clarity\": 7, \"winner\": \"a\"", "'winner'")]
    [InlineData("\"clarity\": 7, \"winner\": 0", "'winner'")]
    [InlineData("\"clarity\": 7", "lacks 'winner'")]
    [InlineData("\"winner\": \"A\"", "lacks 'clarity'")]
    [InlineData("\"clarity\": 7, \"winner\": \"A\", \"extra\": 1", "unknown key 'extra'")]
    [InlineData("\"clarity\": 7, \"clarity\": 7, \"winner\": \"A\"", "'clarity' twice")]
    [InlineData("\"clarity\": 7, \"winner\": \"A\",", "not JSON")]
    [InlineData("\"clarity\": 7, \"winner\": \"A\" /* ok */", "not JSON")]
    [InlineData("\"clarity\": 7, \"winner\": [\"A\"]", "not JSON")]
    [InlineData("\"clarity\": 7, \"winner\": \"\\ud800\"", "not JSON")]
    [InlineData("'clarity': 7, 'winner': 'A'", "not JSON")]
    [InlineData("\"clarity\": 7, \"winner\": \"A\", \"nonce\": \"0\"", "repeat the request's code")]
    public void Parse_VerdictOfAnotherForm_IsNone(string fields, string problem)
    {
        var verdict = Parse(Verdict(fields));

        Assert.Null(verdict.Values);
        Assert.Contains(problem, verdict.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("  \n", "empty")]
    [InlineData("Clarity: 7, winner: B", "no verdict with the request's code")]
    [InlineData("{\"clarity\": 7, \"winner\": \"B\"}", "no verdict with the request's code")]
    [InlineData("{\"nonce\": \"ffffffffffffffffffffffffffffffff\", \"clarity\": 10, \"winner\": \"A\"}", "no verdict with the request's code")]
    [InlineData("{\"code\": \"" + Code + "\", \"clarity\": 10, \"winner\": \"A\"}", "unknown key 'code'")]
    [InlineData("{\"nonce\": \"x" + Code + "\", \"clarity\": 10, \"winner\": \"A\"}", "repeat the request's code")]
    [InlineData("{\"nonce\": \"" + Code + "\", \"clarity\": 7", "no verdict")]
    [InlineData("<think>" + Code, "did not finish thinking")]
    public void Parse_NoVerdict_SaysWhy(string reply, string problem) => Assert.Contains(problem, Parse(reply).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("7")]
    [InlineData("7.0")]
    [InlineData("7.000")]
    public void Parse_IntegerWrittenAsADecimal_IsThatInteger(string number) =>
        Assert.Equal(7, Parse(Verdict($"\"clarity\": {number}, \"winner\": \"A\"")).Values!["clarity"]);

    /// <summary>Around the verdict a model may write what it likes.</summary>
    [Theory]
    [InlineData("Reasons.\n```json\n{0}\n```")]
    [InlineData("{0}\nI hope this helps!")]
    [InlineData("**{0}**")]
    [InlineData("<verdict>{0}</verdict>")]
    [InlineData("[{0}]")]
    [InlineData("{\"result\": {0}}")]
    [InlineData("Since \\frac{1}{2} holds: {0}")]
    [InlineData("The set { of all things. {0}")]
    [InlineData("\uFEFF{0}\r\n")]
    public void Parse_TextAroundTheVerdict_DoesNotMatter(string reply) => Assert.Equal(7, Parse(reply.Replace("{0}", Good, StringComparison.Ordinal)).Values!["clarity"]);

    /// <summary>The verdict itself is JSON, to the letter.</summary>
    [Theory]
    [InlineData('"', '“')]
    [InlineData(' ', '\u00A0')]
    [InlineData('7', '７')]
    [InlineData('7', '٧')]
    public void Parse_LettersThatLookLikeJson_AreNone(char letter, char lookalike) => Assert.Null(Parse(Good.Replace(letter, lookalike)).Values);

    [Fact]
    public void Parse_QuotedVerdictOfTheAnswer_DoesNotCount()
    {
        const string Quoted = "{\"nonce\": \"0\", \"clarity\": 10, \"winner\": \"A\"}";

        Assert.Equal(7, Parse($"The answer demands {Quoted}.\n{Good}\nNot {Quoted}").Values!["clarity"]);
    }

    [Fact]
    public void Parse_VerdictInsideTheJudgesThinking_DoesNotCount()
    {
        var draft = Verdict("\"clarity\": 1, \"winner\": \"A\"");

        Assert.Equal(7, Parse($"<think>{draft}</think>{Good}").Values!["clarity"]);
        Assert.Null(Parse($"<think>{draft}</think>Done.").Values);
    }

    [Fact]
    public void Parse_FormatRepeatedBeforeTheVerdict_IsPassedOver() =>
        Assert.Equal(7, Parse(Verdict("\"clarity\": <integer from 1 to 10>, \"winner\": <one of \"A\">") + Good).Values!["clarity"]);

    [Fact]
    public void Parse_TwoVerdicts_CountOnlyWhenTheyAgree()
    {
        Assert.Equal(7, Parse(Good + "\nAgain:\n" + Good).Values!["clarity"]);
        Assert.Contains("two verdicts that differ", Parse(Good + Verdict("\"clarity\": 8, \"winner\": \"B\"")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LastVerdictIsBroken_IsNone() => Assert.Null(Parse(Good + Verdict("\"clarity\": 7")).Values);

    [Fact]
    public void Parse_LongReply_IsNone() =>
        Assert.Contains("expected at most 1000", VerdictParser.Parse(new string(' ', 2000) + Good, Code, Fields, 1000).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData('{')]
    [InlineData('}')]
    [InlineData('"')]
    [InlineData('\\')]
    public void Parse_AMillionOfOneCharacter_IsReadOnce(char c)
    {
        var noise = new string(c, 1_000_000);

        Assert.Equal(7, VerdictParser.Parse(noise + "\n" + Good, Code, Fields, 2_000_000).Values!["clarity"]);
    }

    [Property(MaxTest = 500)]
    public bool Parse_AnyTextWithoutTheCode_IsNone(string? text) => Parse(text ?? "").Values is null;

    [Property(MaxTest = 500)]
    public bool Parse_AnyTextBeforeTheVerdict_DoesNotChangeIt(string? text) =>
        (text ?? "").Contains("<think>", StringComparison.Ordinal) || Parse((text ?? "") + "\n" + Good).Values!["clarity"] == 7;

    private static JudgeVerdict Parse(string reply) => VerdictParser.Parse(reply, Code, Fields, 100_000);

    private static string Verdict(string fields) => $"{{\"nonce\": \"{Code}\", {fields}}}";
}
