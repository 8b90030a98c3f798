using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;
using KdRl.Tests.Rewards.Rules;

namespace KdRl.Tests.Rewards.Safety;

public class ReasoningSplitTests
{
    [Theory]
    [InlineData("<think>a</think>b", "a", "b", true)]
    [InlineData("\n<think>a</think>b", "a", "b", true)]
    [InlineData("a</think>b", "a", "b", true)] // The prompt opened it.
    [InlineData("a</think>b</think>c", "a</think>b", "c", false)]
    [InlineData("<think>a<think>b</think>c", "a<think>b", "c", false)]
    [InlineData("x <think>a</think>b", "x <think>a", "b", false)]
    [InlineData("b", "", "b", false)]
    [InlineData("", "", "", false)]
    [InlineData("<think></think>", "", "", true)]
    public void Parse_Responses_SplitsAtTheLastTag(string text, string reasoning, string answer, bool wellFormed)
    {
        var split = ReasoningSplit.Parse(text);

        Assert.Equal((reasoning, answer, wellFormed, false), (split.Reasoning, split.Answer, split.WellFormed, split.Unfinished));
    }

    [Theory]
    [InlineData("<think>never closed")]
    [InlineData("<think>a</think>b<think>again")]
    public void Parse_ReasoningLeftOpen_IsUnfinished(string text)
    {
        Assert.True(ReasoningSplit.Parse(text).Unfinished);
        Assert.False(ReasoningSplit.Parse(text).WellFormed);
    }

    [Fact]
    public void Parse_OtherTags_AreUsed() =>
        Assert.Equal(new ReasoningSplit("a", "b", true), ReasoningSplit.Parse("[r]a[/r]b", "[r]", "[/r]"));

    [Property]
    public Property Parse_AnyText_GivesPartsOfIt() => Prop.ForAll(HostileTexts.Short, text =>
    {
        var split = ReasoningSplit.Parse(text);
        return text.EndsWith(split.Answer, StringComparison.Ordinal) && text.Contains(split.Reasoning, StringComparison.Ordinal)
            && !split.Answer.Contains("</think>", StringComparison.Ordinal);
    });
}
