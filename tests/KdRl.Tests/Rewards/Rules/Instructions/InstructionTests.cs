using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rules;

public class InstructionTests
{
    /// <summary>Every type with arguments, a response that follows and one that does not.</summary>
    public static TheoryData<string, string, string, string> Types => new()
    {
        { "change_case:capital_word_frequency", """{"capital_frequency":2,"capital_relation":"less than"}""", "ONE word", "ONE TWO" },
        { "change_case:english_capital", "{}", "THIS IS THE WAY TO DO IT.", "This is the way to do it." },
        { "change_case:english_lowercase", "{}", "this is the way to do it.", "DIES IST NICHT DAS, WAS WIR WOLLEN." },
        { "combination:repeat_prompt", """{"prompt_to_repeat":"Say hi."}""", "say hi. Hi!", "Hi!" },
        { "combination:two_responses", "{}", "a\n******\nb", "a" },
        { "detectable_content:number_placeholders", """{"num_placeholders":2}""", "[a] [b] [c]", "[a]" },
        { "detectable_content:postscript", """{"postscript_marker":"P.P.S"}""", "x\nP.P.S y", "x\nP.S. y" },
        { "detectable_format:constrained_response", "{}", "My answer is maybe.", "Maybe." },
        { "detectable_format:json_format", "{}", "[1]", "[1" },
        { "detectable_format:multiple_sections", """{"section_spliter":"Day","num_sections":2}""", "Day 1 a Day 2 b", "Day 1 a" },
        { "detectable_format:number_bullet_lists", """{"num_bullets":1}""", "* a", "* a\n* b" },
        { "detectable_format:number_highlighted_sections", """{"num_highlights":1}""", "*a*", "a" },
        { "detectable_format:title", "{}", "<<a>>", "a" },
        { "keywords:existence", """{"keywords":["a","b"]}""", "AB", "A" },
        { "keywords:forbidden_words", """{"forbidden_words":["a"]}""", "b", "a" },
        { "keywords:frequency", """{"keyword":"a ","frequency":2,"relation":"at least"}""", "a a", "a" },
        { "keywords:letter_frequency", """{"letter":"!","let_frequency":2,"let_relation":"less than"}""", "a!", "a!!" },
        { "language:response_language", """{"language":"de"}""", "Das ist nicht das, was wir wollen.", "This is not what we want." },
        { "length_constraints:nth_paragraph_first_word", """{"num_paragraphs":2,"nth_paragraph":1,"first_word":"It"}""", "It is.\n\nYes.", "Is it?\n\nYes." },
        { "length_constraints:number_paragraphs", """{"num_paragraphs":2}""", "a *** b", "a" },
        { "length_constraints:number_sentences", """{"num_sections":null,"num_sentences":2,"relation":"at least"}""", "A dog. A cat.", "A dog." },
        { "length_constraints:number_words", """{"num_words":2.0,"relation":"less than"}""", "one", "one two" },
        { "punctuation:no_comma", "{}", "a; b", "a, b" },
        { "startend:end_checker", """{"end_phrase":"The end."}""", "x the end.", "The end. x" },
        { "startend:quotation", "{}", "\"a\"", "a" },
    };

    [Theory, MemberData(nameof(Types))]
    public void Parse_EachType_ChecksIt(string id, string arguments, string follows, string breaks)
    {
        var instruction = Parse(id, arguments);

        Assert.Equal(id, instruction.Id);
        Assert.True(instruction.IsFollowed(follows));
        Assert.False(instruction.IsFollowed(breaks));
        Assert.False(instruction.IsFollowed(" \n\t"));
    }

    [Fact]
    public void Types_OfTheTests_AreAllTwentyFive()
    {
        Assert.Equal(25, Instruction.KnownIds.Count);
        Assert.Equal(Instruction.KnownIds, Types.Select(row => (string)row[0]));
    }

    [Theory, MemberData(nameof(Types))]
    public void Parse_ArgumentsThatDoNotFit_NamesThem(string id, string arguments, string follows, string breaks)
    {
        _ = (follows, breaks);
        var given = JsonDocument.Parse(arguments).RootElement.EnumerateObject().Where(a => a.Value.ValueKind != JsonValueKind.Null).ToDictionary(a => a.Name, a => a.Value);

        foreach (var name in given.Keys)
        {
            var without = JsonSerializer.Serialize(given.Where(a => a.Key != name).ToDictionary());
            var wrong = JsonSerializer.Serialize(given.ToDictionary(a => a.Key, a => a.Key == name ? (object)new { x = 1 } : a.Value));
            Assert.All([without, wrong], bad =>
            {
                var message = Assert.Throws<ArgumentException>(() => Parse(id, bad)).Message;
                Assert.Contains(id, message, StringComparison.Ordinal);
                Assert.Contains(name, message, StringComparison.Ordinal);
            });
        }

        var extra = JsonSerializer.Serialize(given.ToDictionary(a => a.Key, a => (object)a.Value).Append(new("surprise", 1)).ToDictionary());
        Assert.Contains("surprise", Assert.Throws<ArgumentException>(() => Parse(id, extra)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("length_constraints:number_words", """{"num_words":-1,"relation":"at least"}""")]
    [InlineData("length_constraints:number_words", """{"num_words":1.5,"relation":"at least"}""")]
    [InlineData("length_constraints:number_words", """{"num_words":5,"relation":"at most"}""")]
    [InlineData("length_constraints:nth_paragraph_first_word", """{"num_paragraphs":2,"nth_paragraph":3,"first_word":"it"}""")]
    [InlineData("keywords:letter_frequency", """{"letter":"ab","let_frequency":2,"let_relation":"less than"}""")]
    [InlineData("keywords:existence", """{"keywords":[]}""")]
    [InlineData("keywords:existence", """{"keywords":["a",""]}""")]
    [InlineData("startend:end_checker", """{"end_phrase":" "}""")]
    [InlineData("punctuation:no_comma", "[]")]
    public void Parse_ArgumentsThatIfEvalWouldReplaceAtRandom_AreRefused(string id, string arguments) => Assert.Throws<ArgumentException>(() => Parse(id, arguments));

    [Fact]
    public void Parse_UnknownIds_AreNamed()
    {
        var arguments = JsonDocument.Parse("[{},{},{}]").RootElement;

        var message = Assert.Throws<ArgumentException>(() => InstructionSet.Parse(["punctuation:no_comma", "keywords:rhyme", "new:one"], arguments)).Message;

        Assert.Contains("'keywords:rhyme', 'new:one'", message, StringComparison.Ordinal);
        Assert.Contains("keywords:rhyme", Assert.Throws<ArgumentException>(() => Parse("keywords:rhyme", "{}")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => InstructionSet.Parse([], arguments));
        Assert.Throws<ArgumentException>(() => InstructionSet.Parse(["punctuation:no_comma"], arguments));
    }

    [Theory]
    [InlineData("Sure, here:\nno comma\nHope it helps, bye", true)] // Without the first and last line.
    [InlineData("no comma\nBye, now", true)]
    [InlineData("Sure, here:\nno comma", true)]
    [InlineData("a, b\nc, d\ne, f", false)]
    [InlineData("one, line", false)]
    public void IsFollowedLoosely_FirstAndLastLine_AreForgiven(string response, bool expected)
    {
        var instruction = Parse("punctuation:no_comma", "{}");

        Assert.Equal(expected, instruction.IsFollowedLoosely(response));
        Assert.False(instruction.IsFollowed(response));
    }

    [Fact]
    public void IsFollowedLoosely_Emphasis_IsForgiven()
    {
        var instruction = Parse("startend:end_checker", """{"end_phrase":"The end."}""");

        Assert.False(instruction.IsFollowed("So it was. **The end.**"));
        Assert.True(instruction.IsFollowedLoosely("So it was. **The end.**"));
    }

    [Fact]
    public void IsFollowed_LanguageThatCannotBeTold_CountsAsTheOptionSays()
    {
        Assert.False(Parse("language:response_language", """{"language":"de"}""").IsFollowed("123"));
        Assert.True(Parse("language:response_language", """{"language":"de"}""", new InstructionOptions { UndetectedLanguageFollows = true }).IsFollowed("123"));
    }

    [Property]
    public Property IsFollowedLoosely_WhatIsFollowedStrictly_IsFollowed() => Prop.ForAll(HostileTexts.Short, Gen.Elements(Types.ToArray()).ToArbitrary(), (text, type) =>
    {
        var instruction = Parse((string)type[0], (string)type[1]);
        return !instruction.IsFollowed(text) || instruction.IsFollowedLoosely(text);
    });

    [Fact]
    public void IsFollowed_HostileTexts_AnswersForEveryType()
    {
        var instructions = Types.Select(t => Parse((string)t[0], (string)t[1])).ToArray();

        // Eight forms of each text are looked at loosely; the mixtures at the end are enough for that.
        Assert.All(HostileTexts.All(), text => Assert.All(instructions, i => i.IsFollowed(text)));
        Assert.All(HostileTexts.All().TakeLast(4), text => Assert.All(instructions, i => Assert.True(i.IsFollowedLoosely(text) || !i.IsFollowed(text))));
    }

    [Fact]
    public void InstructionAccuracy_Golden_CountsPromptsAndInstructions()
    {
        var accuracy = InstructionAccuracy.Of([
            new InstructionReport(["a", "b"], [true, false], [true, true]),
            new InstructionReport(["a"], [true], [true]),
            new InstructionReport(["b", "b", "a"], [false, false, false], [false, true, false]),
        ]);

        Assert.Equal((1 / 3.0, 2 / 3.0, 2 / 6.0, 4 / 6.0), (accuracy.PromptStrict, accuracy.PromptLoose, accuracy.InstructionStrict, accuracy.InstructionLoose));
        Assert.Equal((2 / 3.0, 2 / 3.0, 3), accuracy.ByType["a"]);
        Assert.Equal((0, 2 / 3.0, 3), accuracy.ByType["b"]);
        Assert.Throws<ArgumentException>(() => InstructionAccuracy.Of([]));
    }

    private static Instruction Parse(string id, string arguments, InstructionOptions? options = null) => Instruction.Parse(id, JsonDocument.Parse(arguments).RootElement, options);
}
