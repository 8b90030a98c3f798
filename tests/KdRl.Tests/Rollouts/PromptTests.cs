using KdRl.Rollouts;

namespace KdRl.Tests.Rollouts;

public class PromptTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void FromText_WithoutId_IsRefused(string id) => Assert.Throws<ArgumentException>(() => Prompt.FromText(id, "text"));

    [Fact]
    public void FromText_Prompt_HasTextAndNoMessages()
    {
        var prompt = Prompt.FromText("a", "");

        Assert.Equal("", prompt.Text);
        Assert.Null(prompt.Messages);
    }

    [Fact]
    public void FromMessages_Prompt_HasMessagesAndNoText()
    {
        var prompt = Prompt.FromMessages("a", [new Message("user", "hello")]);

        Assert.Null(prompt.Text);
        Assert.Equal("hello", Assert.Single(prompt.Messages!).Content);
    }

    [Fact]
    public void FromMessages_Empty_IsRefusedByName()
    {
        var error = Assert.Throws<ArgumentException>(() => Prompt.FromMessages("the-id", []));

        Assert.Contains("'the-id'", error.Message, StringComparison.Ordinal);
    }
}
