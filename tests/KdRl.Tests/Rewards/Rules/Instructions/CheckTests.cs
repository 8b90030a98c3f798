using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rules;

public class CheckTests
{
    [Theory]
    [InlineData("Cats and dogs", new[] { "cat", "DOG" }, true)]
    [InlineData("concatenate", new[] { "cat" }, true)] // Inside a word.
    [InlineData("Cats", new[] { "cat", "dog" }, false)]
    [InlineData("a+b", new[] { "a+b" }, true)] // Literal, no pattern.
    public void Existence_Golden_FindsAllKeywords(string response, string[] keywords, bool expected) => Assert.Equal(expected, KeywordChecks.Existence(response, keywords));

    [Theory]
    [InlineData("Fake faKe fakery", "fake", 3)]
    [InlineData("aaaa", "aa", 2)]
    [InlineData("", "x", 0)]
    public void Frequency_Golden_CountsOccurrences(string response, string keyword, int expected) => Assert.Equal(expected, KeywordChecks.Frequency(response, keyword));

    [Theory]
    [InlineData("We Rock.", new[] { "rock" }, false)]
    [InlineData("rocks rocket", new[] { "rock" }, true)]
    [InlineData("rock-solid", new[] { "rock" }, false)]
    [InlineData("rock_solid", new[] { "rock" }, true)] // An underscore is a word character.
    [InlineData("rock\U00010400", new[] { "rock" }, true)] // So is a letter beyond the first plane.
    [InlineData("C++ code", new[] { "c++" }, true)] // No boundary between + and a blank.
    public void ForbiddenWords_Golden_FindsWholeWords(string response, string[] words, bool expected) => Assert.Equal(expected, KeywordChecks.ForbiddenWords(response, words));

    [Theory]
    [InlineData("Ooze!", 'o', 2)]
    [InlineData("Ooze!", 'O', 2)]
    [InlineData("a#b#", '#', 2)]
    public void LetterFrequency_Golden_IgnoresCase(string response, char letter, int expected) => Assert.Equal(expected, KeywordChecks.LetterFrequency(response, letter));

    [Theory]
    [InlineData("It's well-known: snake_case, 3.5!", 7)]
    [InlineData("हिन्दी", 3)] // Marks are no word characters in Python.
    [InlineData("漢字 か", 2)]
    [InlineData("½ \U00010400", 2)]
    [InlineData("... --", 0)]
    public void Words_Golden_AreRunsOfWordCharacters(string response, int expected) => Assert.Equal(expected, LengthChecks.Words(response));

    [Theory]
    [InlineData("a *** b *** c", 3)]
    [InlineData("***\na\n***\nb\n***", 2)]
    [InlineData("a\n***\n***\nb", null)]
    [InlineData("a****b", 2)]
    [InlineData("a", 1)]
    public void DividedParagraphs_Golden_ForgivesBlankEndsOnly(string response, int? expected) => Assert.Equal(expected, LengthChecks.DividedParagraphs(response));

    [Theory]
    [InlineData("One.\n\nTwo, yes.", 2, 2, "two", true)]
    [InlineData("One.\n\n\"Two\" yes.", 2, 2, "Two", true)]
    [InlineData("One.\n\n'\"Two!", 2, 2, "two", true)]
    [InlineData("One.\n\n**Two** yes.", 2, 2, "two", false)]
    [InlineData("One.\n\nTwo.\n\nThree.", 2, 2, "two", false)]
    [InlineData("One.\n\n\n\nTwo.", 2, 2, "two", false)] // The second piece is blank, and the second one is looked at.
    [InlineData("One.\nTwo.", 2, 2, "two", false)]
    [InlineData("Two's.\n\nb", 2, 1, "two", true)]
    public void NthParagraphFirstWord_Golden_CountsAndCuts(string response, int paragraphs, int nth, string word, bool expected) =>
        Assert.Equal(expected, LengthChecks.NthParagraphFirstWord(response, paragraphs, nth, word));

    [Theory]
    [InlineData("[name] and [address]", 2)]
    [InlineData("[[a]]", 1)]
    [InlineData("[a\nb] [c]", 1)]
    [InlineData("[]", 1)]
    [InlineData("]a[", 0)]
    public void Placeholders_Golden_StayOnALine(string response, int expected) => Assert.Equal(expected, ContentChecks.Placeholders(response));

    [Theory]
    [InlineData("Bye\nP.S. more", "P.S.", true)]
    [InlineData("bye p. s. more", "P.S.", true)]
    [InlineData("P.S more", "P.S.", false)]
    [InlineData("P.P.S. more", "P.P.S", true)]
    [InlineData("P. P.\nS more", "P.P.S", true)]
    [InlineData("P.  P. S", "P.P.S", false)]
    [InlineData("P.S. more", "P.P.S", false)]
    [InlineData("Note: more", "note:", true)]
    public void Postscript_Golden_AllowsOneBlank(string response, string marker, bool expected) => Assert.Equal(expected, ContentChecks.Postscript(response, marker));

    [Theory]
    [InlineData("* a\n* b", 2)]
    [InlineData("- a\n  - b\n* c", 3)]
    [InlineData("** bold **\n*** rule", 0)]
    [InlineData("*italic* text", 1)]
    [InlineData("---", 1)]
    [InlineData("text * a", 0)]
    [InlineData("\n\n  \n* a", 1)]
    [InlineData("*\n* b", 1)] // The star takes the line end for its text.
    [InlineData("*\n\n* b", 2)]
    [InlineData("*", 0)]
    [InlineData("-", 1)]
    public void Bullets_Golden_CountsLines(string response, int expected) => Assert.Equal(expected, FormatChecks.Bullets(response));

    [Theory]
    [InlineData("*a* and *b*", 2)]
    [InlineData("**a**", 1)]
    [InlineData("**a** *b*", 2)]
    [InlineData("*a**b*", 2)]
    [InlineData("**a*b**", 1)] // As published: one pair of single stars matches.
    [InlineData("* a\n* b", 0)]
    [InlineData("* *", 0)]
    [InlineData("****", 0)]
    [InlineData("***a***", 2)]
    public void Highlights_Golden_CountsSingleAndDouble(string response, int expected) => Assert.Equal(expected, FormatChecks.Highlights(response));

    [Theory]
    [InlineData("SECTION 1\na\nSECTION 2\nb", "SECTION", 2)]
    [InlineData("SECTION1 SECTION\n2", "SECTION", 2)]
    [InlineData("Section 1", "SECTION", 0)]
    [InlineData("SECTION  1", "SECTION", 0)]
    [InlineData("SECTION one", "SECTION", 0)]
    public void Sections_Golden_NeedANumber(string response, string word, int expected) => Assert.Equal(expected, FormatChecks.Sections(response, word));

    [Theory]
    [InlineData("{\"a\": [1, 2]}", true)]
    [InlineData("```json\n{\"a\": 1}\n```", true)]
    [InlineData("```JSON{}```", true)]
    [InlineData("3", true)]
    [InlineData("\"text\"", true)]
    [InlineData("Here: {}", false)]
    [InlineData("{'a': 1}", false)]
    [InlineData("```json\n{}\n``` done", false)]
    public void IsJson_Golden_TakesAnyValue(string response, bool expected) => Assert.Equal(expected, FormatChecks.IsJson(response));

    [Theory]
    [InlineData("<<poem of joy>>\ntext", true)]
    [InlineData("a <<b>> c", true)]
    [InlineData("<<a\nb>>", false)]
    [InlineData("<< >>", false)]
    [InlineData("<<>>", false)]
    [InlineData("<<<>>", false)]
    [InlineData("<a>", false)]
    public void HasTitle_Golden_NeedsContentOnALine(string response, bool expected) => Assert.Equal(expected, FormatChecks.HasTitle(response));

    [Theory]
    [InlineData("a ****** b", true)]
    [InlineData("******a******b******", true)]
    [InlineData("a ****** a ", false)]
    [InlineData("a ****** ****** b", false)]
    [InlineData("a ****** b ****** c", false)]
    [InlineData("a", false)]
    public void TwoResponses_Golden_DifferAndAreTwo(string response, bool expected) => Assert.Equal(expected, ContentChecks.TwoResponses(response));

    [Theory]
    [InlineData("  write a POEM. Here it is", "Write a poem. ", true)]
    [InlineData("Sure! Write a poem.", "Write a poem.", false)]
    public void RepeatsPrompt_Golden_StartsWithIt(string response, string prompt, bool expected) => Assert.Equal(expected, ContentChecks.RepeatsPrompt(response, prompt));

    [Theory]
    [InlineData("Bye. Any other questions?", "any other questions?", true)]
    [InlineData("\"Bye. Peace!\"\n", "Peace!", true)]
    [InlineData("Peace! Bye", "Peace!", false)]
    public void EndsWith_Golden_IgnoresQuotesAndCase(string response, string phrase, bool expected) => Assert.Equal(expected, ContentChecks.EndsWith(response, phrase));

    [Theory]
    [InlineData(" \"a\" ", true)]
    [InlineData("\"\"", true)]
    [InlineData("\"", false)]
    [InlineData("“a”", false)]
    public void IsQuoted_Golden_NeedsStraightQuotes(string response, bool expected) => Assert.Equal(expected, ContentChecks.IsQuoted(response));

    [Theory]
    [InlineData("My answer is yes. Because", true)]
    [InlineData("my answer is yes.", false)]
    [InlineData("My answer is yes", false)]
    public void IsConstrainedResponse_Golden_IsExact(string response, bool expected) => Assert.Equal(expected, FormatChecks.IsConstrainedResponse(response));

    [Theory]
    [InlineData("HELLO, WORLD 1!", true)]
    [InlineData("HELLO World", false)]
    [InlineData("123", false)]
    [InlineData("STRAßE", false)]
    [InlineData("漢字 A", true)]
    [InlineData("ǅ", false)] // Title case.
    public void IsUpper_Golden_NeedsALetterAndNoSmallOne(string response, bool expected) => Assert.Equal(expected, CaseChecks.IsUpper(response));

    [Theory]
    [InlineData("NASA and the UN", 2)]
    [InlineData("I am A-OK", 2)]
    [InlineData("AND/OR", 1)]
    [InlineData("IT'S", 2)]
    [InlineData("I'm", 1)]
    [InlineData("I'm\nhere", 0)] // Not parted before a line end, as published.
    [InlineData("I'm!\nhere", 1)]
    [InlineData("I'm here, I'm\n", 2)]
    [InlineData("DON'T CANNOT", 4)]
    [InlineData("U.S.A. says NO.", 2)]
    [InlineData("*BOLD* (YES)", 2)]
    [InlineData("A--B", 2)]
    [InlineData("A,B", 2)]
    [InlineData("AT:5 X,Y", 3)]
    [InlineData("3D 42 %", 1)]
    [InlineData("Hello", 0)]
    public void CapitalWords_Golden_AreTokensWithoutSmallLetters(string response, int expected) => Assert.Equal(expected, CaseChecks.CapitalWords(response));

    [Property]
    public Property Counts_TextTwice_AreAtLeastAsHigh() => Prop.ForAll(HostileTexts.Short, text =>
    {
        var twice = $"{text}\n\n{text}";
        return LengthChecks.Words(twice) == 2 * LengthChecks.Words(text)
            && CaseChecks.CapitalWords(twice) >= CaseChecks.CapitalWords(text)
            && FormatChecks.Sections(twice, "SECTION") >= FormatChecks.Sections(text, "SECTION")
            && KeywordChecks.LetterFrequency(twice, 'a') == 2 * KeywordChecks.LetterFrequency(text, 'a');
    });
}
