using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Rules;

public class FormatTests
{
    private static readonly ThinkFormatOptions Tagged = new() { RequireAnswerTags = true };

    [Theory]
    [InlineData("<think>a</think>b", true)]
    [InlineData("  <think>\na\n</think>\n\nb\n", true)]
    [InlineData("<think></think>b", false)] // Nothing thought.
    [InlineData("<think> \n</think>b", false)]
    [InlineData("<think>a</think>", false)] // Nothing answered.
    [InlineData("<think>a</think> \n", false)]
    [InlineData("Sure! <think>a</think>b", false)]
    [InlineData("<think>a</think>b</think>c", false)]
    [InlineData("<think>a<think>b</think>c", false)]
    [InlineData("<think>a</think>b<think>c</think>", false)]
    [InlineData("<think>a", false)]
    [InlineData("b", false)]
    [InlineData("", false)]
    public void ThinkIsWellFormed_Structures_AreToldApart(string text, bool expected) => Assert.Equal(expected, ThinkFormat.IsWellFormed(text));

    [Theory]
    [InlineData("<think>a</think><answer>b</answer>", true)]
    [InlineData("<think>a</think>\n<answer>\nb\n</answer>\n", true)]
    [InlineData("<think>a</think><answer>b</answer><answer>c</answer>", false)]
    [InlineData("<think>a</think><answer>b</answer> and more", false)]
    [InlineData("<think>a</think>so <answer>b</answer>", false)]
    [InlineData("<think>a</think><answer></answer>", false)]
    [InlineData("<think>a <answer>x</answer></think><answer>b</answer>", false)]
    [InlineData("<answer>b</answer>", false)]
    public void ThinkIsWellFormed_AnswerTags_MustHoldTheWholeAnswer(string text, bool expected) => Assert.Equal(expected, ThinkFormat.IsWellFormed(text, Tagged));

    [Theory]
    [InlineData("a</think>b", true)]
    [InlineData("<think>a</think>b", false)]
    public void ThinkIsWellFormed_OpenedByThePrompt_TheResponseMustNotOpenAgain(string text, bool expected) =>
        Assert.Equal(expected, ThinkFormat.IsWellFormed(text, new ThinkFormatOptions { PromptOpensThinking = true }));

    [Property]
    public Property ThinkIsWellFormed_Accepted_IsAWellFormedSplit() => Prop.ForAll(HostileTexts.Short, text =>
        !ThinkFormat.IsWellFormed(text) || ReasoningSplit.Parse(text) is { WellFormed: true, Unfinished: false });

    [Property]
    public Property ThinkIsWellFormed_TwoPlainParts_AreAccepted() => Prop.ForAll(Gen.Elements("a", "x < y", "\\frac{1}{2}", "答え", "<b>").Two().ToArbitrary(), parts =>
        ThinkFormat.IsWellFormed($"<think>{parts.Item1}</think>{parts.Item2}"));

    [Theory]
    [InlineData("<think>a</think><answer>b</answer>", 1)]
    [InlineData("<think>a</think>b", 0.5)]
    [InlineData("<think><think>a</think><answer>b</answer>", 0.75)]
    [InlineData("", 0)]
    public void TagShare_Golden_CountsTagsThatOccurOnce(string text, double expected) => Assert.Equal(expected, FormatReward.TagShare().Score(Requests.Of(text)).Value);

    [Theory]
    [InlineData("<plan>a</plan><answer>b</answer>", true)]
    [InlineData("x <plan>a</plan> y <answer>b</answer> z", true)]
    [InlineData("<answer>b</answer><plan>a</plan>", false)]
    [InlineData("<plan>a<answer>b</answer></plan>", false)]
    [InlineData("<plan>a</plan><answer> </answer>", false)]
    [InlineData("<plan>a</plan><answer>b</answer><answer>c</answer>", false)]
    [InlineData("</plan><plan>a<answer>b</answer>", false)]
    [InlineData("<plan>a</plan>", false)]
    public void SectionsIsWellFormed_Structures_AreToldApart(string text, bool expected) => Assert.Equal(expected, TagFormat.IsWellFormed(text, "plan", "answer"));

    [Theory]
    [InlineData(@"so \boxed{4}", true)]
    [InlineData(@"\fbox {4}", true)]
    [InlineData(@"\boxed{\frac{1}{2}}", true)]
    [InlineData(@"\boxed{\{1,2\}}", true)]
    [InlineData(@"\boxed{a \boxed{b}}", true)] // One outermost box.
    [InlineData(@"\boxed{4} or \boxed{5}", false)]
    [InlineData(@"\boxed{ }", false)]
    [InlineData(@"\boxed{4", false)]
    [InlineData(@"\boxed 4", false)]
    [InlineData(@"\\boxed{4}", false)] // A line break and a word.
    [InlineData("4", false)]
    public void BoxedIsWellFormed_Boxes_AreCounted(string text, bool expected) => Assert.Equal(expected, BoxedFormat.IsWellFormed(text));

    [Fact]
    public void BoxedContents_SeveralBoxes_AreTheOutermostInOrder() =>
        Assert.Equal([@"a\boxed{b}", "{c}"], BoxedFormat.Contents(@"{\boxed{a\boxed{b}}} \boxed{{c}} \boxed{d"));

    [Fact]
    public void Boxed_BoxInTheThoughtsOnly_EarnsNothing()
    {
        Assert.Equal(0, FormatReward.Boxed().Score(Requests.Of(@"<think>\boxed{4}</think>four")).Value);
        Assert.Equal(0, FormatReward.Boxed().Score(Requests.Of(@"<think>\boxed{4}")).Value);
        Assert.Equal(1, FormatReward.Boxed().Score(Requests.Of(@"<think>\boxed{3}</think>\boxed{4}")).Value);
    }

    [Theory]
    [InlineData("{\"a\": 1}", 1)]
    [InlineData("```json\n{\"a\": 1}\n```", 1)]
    [InlineData("```\n[1, 2]\n```", 1)]
    [InlineData("<think>x</think>{\"a\": 1}", 1)]
    [InlineData("Here it is: {\"a\": 1}", 0)]
    [InlineData("{\"a\": 1,}", 0)]
    [InlineData("{\"a\": NaN}", 0)]
    [InlineData("{\"a\": 1} {\"a\": 2}", 0)]
    [InlineData("``````", 0)]
    [InlineData("", 0)]
    public void Json_Responses_MustBeOneValue(string text, double expected) => Assert.Equal(expected, FormatReward.Json().Score(Requests.Of(text)).Value);

    [Fact]
    public void Json_OverTheBudget_EarnsNothing()
    {
        Assert.Equal(0, FormatReward.Json(maxLength: 5).Score(Requests.Of("[1, 2, 3]")).Value);
        Assert.Equal(0, FormatReward.Json().Score(Requests.Of(new string('[', 200) + new string(']', 200))).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a|")]
    public void Constructor_SenselessTags_AreRefused(string tag)
    {
        Assert.ThrowsAny<Exception>(() => FormatReward.Think(new ThinkFormatOptions { OpenTag = "" }));
        Assert.Throws<ArgumentException>(() => FormatReward.Sections(tag, tag));
        Assert.Throws<ArgumentException>(() => FormatReward.TagShare("<a>", ""));
        Assert.Throws<OptionsValidationException>(() => FormatReward.Think(new ThinkFormatOptions { CloseTag = "" }));
    }

    [Fact]
    public void Rewards_HostileTexts_ScoreWithoutComplaint()
    {
        IReward[] rewards = [FormatReward.Think(), FormatReward.Think(Tagged), FormatReward.TagShare(), FormatReward.Sections("plan", "answer"), FormatReward.Boxed(), FormatReward.Json()];

        Assert.All(HostileTexts.All(), text => Assert.All(rewards, reward => Assert.InRange(reward.Score(Requests.Of(text)).Value!.Value, 0, 1)));
    }
}
