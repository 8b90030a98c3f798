using KdRl.Examples.PostTrain.Prompts;
using KdRl.Rollouts;

namespace KdRl.Examples.Tests.PostTrain;

public sealed class PromptFileTests
{
    [Fact]
    public void Read_WrittenPrompts_GivesThemBack()
    {
        var path = Path.GetTempFileName();
        PromptFile.Write(path,
        [
            Prompt.FromText("a", "1+1=\n") with { Reference = "2", Task = "math", Metadata = new Dictionary<string, string> { ["k"] = "v" } },
            Prompt.FromMessages("b", [new Message("user", "Hi"), new Message("assistant", "“Hello”")]),
        ]);
        var read = PromptFile.Read(path);
        Assert.Equal(["a", "b"], read.Select(p => p.Id));
        Assert.Equal(("1+1=\n", "2", "math", "v"), (read[0].Text, read[0].Reference, read[0].Task, read[0].Metadata["k"]));
        Assert.Equal([new Message("user", "Hi"), new Message("assistant", "“Hello”")], read[1].Messages);
    }

    [Fact]
    public void Read_PromptWithoutId_IsCalledAfterItsLine()
    {
        var path = Write("", "{\"prompt\": \"x\"}");
        Assert.Equal("line-2", PromptFile.Read(path)[0].Id);
    }

    [Theory]
    [InlineData("{\"prompt\": \"x\"", "line 2")]
    [InlineData("null", "found null")]
    [InlineData("{\"id\": \"b\"}", "neither")]
    [InlineData("{\"prompt\": \"x\", \"messages\": [{\"role\": \"user\", \"content\": \"y\"}]}", "both")]
    [InlineData("{\"messages\": []}", "empty")]
    [InlineData("{\"messages\": [{\"role\": \"user\"}]}", "content")]
    [InlineData("{\"prompt\": \"x\", \"refrence\": \"y\"}", "refrence")]
    [InlineData("{\"id\": \" \", \"prompt\": \"x\"}", "blank")]
    [InlineData("{\"id\": \"a\", \"prompt\": \"x\"}", "already taken by line 1")]
    [InlineData("{\"prompt\": 5}", "prompt")]
    public void Read_BadLine_NamesFileLineAndFault(string line, string fault)
    {
        var path = Write("{\"id\": \"a\", \"prompt\": \"x\"}", line);
        var message = Assert.Throws<InvalidDataException>(() => PromptFile.Read(path)).Message;
        Assert.StartsWith($"{path}, line 2: ", message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EmptyFile_IsRefused() => Assert.Throws<InvalidDataException>(() => PromptFile.Read(Write()));

    private static string Write(params string[] lines)
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, lines);
        return path;
    }
}
