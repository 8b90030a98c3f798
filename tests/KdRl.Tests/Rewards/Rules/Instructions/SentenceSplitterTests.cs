using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rules;

public class SentenceSplitterTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData(" \n", 0)]
    [InlineData("Hello", 1)]
    [InlineData("Hello. World.", 2)]
    [InlineData("Hello! How are you? Fine.", 3)]
    [InlineData("What?! No!!! Yes...", 3)]
    [InlineData("Dr. Smith met Mrs. Jones at 5 p.m. on Friday.", 1)]
    [InlineData("He left at 5 p.m. The train was late.", 2)]
    [InlineData("J. R. R. Tolkien wrote it.", 1)]
    [InlineData("Use apples, pears, etc. for this.", 1)]
    [InlineData("See Fig. 3 for e.g. the curve.", 1)]
    [InlineData("It cost 3.50 dollars. It was 5.", 2)]
    [InlineData("In 2005. the year", 1)] // A number before a small letter.
    [InlineData("It was 2005. The year of", 2)]
    [InlineData("Well... then no.", 1)]
    [InlineData("Well... Then no.", 2)]
    [InlineData("\"Stop!\" he said. \"Now.\"", 3)]
    [InlineData("(It rained.) We left.", 2)]
    [InlineData("He said \"Hi.\"", 1)]
    [InlineData("He works for Acme Inc. in Ohio.", 1)]
    [InlineData("Visit example.com now. Thanks", 2)]
    [InlineData("Hello. \")", 1)]
    [InlineData("Hello. \") Next", 2)]
    [InlineData("1. First item\n2. Second item", 3)] // "1." is a sentence of its own, in NLTK too.
    [InlineData("Title without stop\nFirst sentence.", 1)] // A line end alone ends nothing.
    [InlineData("one. two. three.", 3)]
    [InlineData("The U.S. is large. The U.K. is not.", 2)]
    [InlineData("今日は晴れ。明日は雨！本当？", 3)]
    [InlineData("यह एक है। यह दो है।", 2)]
    [InlineData("彼は「はい。」と言った。", 2)]
    public void Count_Golden_DecidesLikePunkt(string text, int expected) => Assert.Equal(expected, SentenceSplitter.Count(text));

    [Property]
    public Property Count_AnyText_IsBetweenZeroAndItsMarks() => Prop.ForAll(HostileTexts.Short, text =>
        SentenceSplitter.Count(text) <= 1 + text.Count(c => ".?!。！？｡।؟۔".Contains(c)) && SentenceSplitter.Count(text) >= (string.IsNullOrWhiteSpace(text.Trim('\x1c')) ? 0 : 1));

    [Property]
    public Property Count_PlainSentences_IsTheirNumber() => Prop.ForAll(Gen.Choose(0, 40).ToArbitrary(), n =>
        SentenceSplitter.Count(string.Concat(Enumerable.Repeat("This one is plain. ", n))) == n);
}
