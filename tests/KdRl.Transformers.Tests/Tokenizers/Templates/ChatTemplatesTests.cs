using System.Text.Json.Nodes;
using KdRl.Rollouts;
using KdRl.TestSupport;

namespace KdRl.Transformers.Tests.Tokenizers.Templates;

public class ChatTemplatesTests
{
    private static readonly Message[] Hello = [new("user", "Hi")];

    private static Tokenizer With(JsonNode? template, JsonObject? config = null)
    {
        config ??= [];
        config["chat_template"] = template;
        return ByteLevelFiles.Load(ByteLevelFiles.Create([], added: [ByteLevelFiles.Token(300, "<s>"), ByteLevelFiles.Token(301, "</s>")]), config);
    }

    [SkippableFact]
    public void ApplyChatTemplate_Qwen3_EqualsHuggingFace()
    {
        var tokenizer = Tokenizer.FromPretrained(SharedData.Path("tokenizers", "qwen3"));
        var count = 0;
        foreach (var line in File.ReadLines(SharedData.Path("tokenizers", "qwen3", "expected_chat.jsonl")).Where(l => l.Length > 0))
        {
            var variables = JsonNode.Parse(line)!["input"]!.DeepClone().AsObject();
            var (messages, prompts) = (variables["messages"]!.DeepClone().AsArray(), (bool)variables["add_generation_prompt"]!);
            variables.Remove("messages");
            variables.Remove("add_generation_prompt");
            Assert.Equal((string)JsonNode.Parse(line)!["rendered"]!, tokenizer.ApplyChatTemplate(messages, prompts, variables));
            count++;
        }
        Assert.Equal(4, count);
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", tokenizer.ApplyChatTemplate(Hello));
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n", tokenizer.ApplyChatTemplate(Hello, addGenerationPrompt: false));
    }

    [SkippableFact]
    public void ApplyChatTemplate_Qwen3ToolCalls_AreWritten()
    {
        var tokenizer = Tokenizer.FromPretrained(SharedData.Path("tokenizers", "qwen3"));
        var messages = JsonNode.Parse("""
            [{"role":"user","content":"Q"},
             {"role":"assistant","content":"","reasoning_content":"r","tool_calls":[{"type":"function","function":{"name":"f","arguments":{"x":1.0,"y":[true,null]}}}]},
             {"role":"tool","content":"7"},{"role":"tool","content":"8"}]
            """)!.AsArray();
        Assert.Equal(
            "<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n<think>\nr\n</think>\n\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1.0, \"y\": [true, null]}}\n</tool_call><|im_end|>\n"
            + "<|im_start|>user\n<tool_response>\n7\n</tool_response>\n<tool_response>\n8\n</tool_response><|im_end|>\n", tokenizer.ApplyChatTemplate(messages, addGenerationPrompt: false));
    }

    [Fact]
    public void ApplyChatTemplate_SpecialTokensAndVariables_AreThere()
    {
        var config = new JsonObject { ["bos_token"] = "<s>", ["eos_token"] = new JsonObject { ["content"] = "</s>" } };
        var tokenizer = With("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ x }}{{ tools is none }}{{ pad_token is defined }}{{ strftime_now is defined }}", config);
        Assert.Equal("<s>Hi</s>5TrueFalseFalse", tokenizer.ApplyChatTemplate(Hello, variables: new JsonObject { ["x"] = 5 }));
    }

    [Fact]
    public void ApplyChatTemplate_Clock_StandsStillWhereItIsGiven()
    {
        var tokenizer = With("{{ strftime_now('%Y-%m-%d|%d %b %Y|%-d %B %y|%A %a|%H:%M:%S %I %p|%j|100%%') if strftime_now is defined else 'none' }}");
        Assert.Equal("none", tokenizer.ApplyChatTemplate(Hello));
        Assert.Equal("2026-03-05|05 Mar 2026|5 March 26|Thursday Thu|13:04:09 01 PM|064|100%", tokenizer.ApplyChatTemplate(Hello, variables: new JsonObject { ["strftime_now"] = "2026-03-05T13:04:09" }));
        Assert.Contains("strftime_now is 5", Assert.Throws<ArgumentException>(() => tokenizer.ApplyChatTemplate(Hello, variables: new JsonObject { ["strftime_now"] = 5 })).Message, StringComparison.Ordinal);
        Assert.Contains("'%Z'", Assert.Throws<InvalidDataException>(() => With("{{ strftime_now('%Z') }}").ApplyChatTemplate(Hello, variables: new JsonObject { ["strftime_now"] = "2026-03-05" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ApplyChatTemplate_SeveralTemplates_TakesToolUseForTools()
    {
        var tokenizer = With(JsonNode.Parse("""[{"name":"default","template":"plain"},{"name":"tool_use","template":"tools"}]"""));
        Assert.Equal("plain", tokenizer.ApplyChatTemplate(Hello));
        Assert.Equal("tools", tokenizer.ApplyChatTemplate(Hello, variables: new JsonObject { ["tools"] = new JsonArray(1) }));
    }

    [Fact]
    public void ApplyChatTemplate_JinjaFile_GoesBeforeTheConfigAndIsSaved()
    {
        using var folder = new TemporaryFolder();
        ByteLevelFiles.Load(ByteLevelFiles.Create([]), new JsonObject { ["chat_template"] = "config" }).Save(folder.Path);
        Assert.Equal("config", Tokenizer.FromPretrained(folder.Path).ApplyChatTemplate(Hello));
        File.WriteAllText(Path.Combine(folder.Path, "chat_template.jinja"), "file {{ 'ü' }}\n");
        var tokenizer = Tokenizer.FromPretrained(folder.Path);
        Assert.Equal("file ü", tokenizer.ApplyChatTemplate(Hello));
        var copy = Path.Combine(folder.Path, "copy");
        tokenizer.Save(copy);
        Assert.Equal("file ü", Tokenizer.FromPretrained(copy).ApplyChatTemplate(Hello));
    }

    [Fact]
    public void ApplyChatTemplate_BadTemplate_NamesFileAndLineAndLeavesEncodingAlone()
    {
        var tokenizer = With("{{ 1 }}\n{% include 'x' %}");
        Assert.Equal([(int)'a'], tokenizer.Encode("a"));
        var message = Assert.Throws<InvalidDataException>(() => tokenizer.ApplyChatTemplate(Hello)).Message;
        Assert.Contains("tokenizer_config.json: chat_template: line 2", message, StringComparison.Ordinal);
        Assert.Contains("'include'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ApplyChatTemplate_RefusedConversation_SaysWhy() =>
        Assert.Contains("Roles must alternate", Assert.Throws<ArgumentException>(() => With("{{ raise_exception('Roles must alternate') }}").ApplyChatTemplate(Hello)).Message, StringComparison.Ordinal);

    [Fact]
    public void ApplyChatTemplate_NoTemplate_SaysSo()
    {
        var tokenizer = With(null);
        Assert.False(tokenizer.HasChatTemplate);
        Assert.Throws<InvalidOperationException>(() => tokenizer.ApplyChatTemplate(Hello));
        Assert.Contains("rag", Assert.Throws<InvalidOperationException>(() => With(JsonNode.Parse("""[{"name":"rag","template":"x"}]""")).ApplyChatTemplate(Hello)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("""["x"]""")]
    [InlineData("""[{"name":"default"}]""")]
    public void FromPretrained_BadChatTemplate_IsRefusedByName(string value) =>
        Assert.Contains("tokenizer_config.json", Assert.Throws<InvalidDataException>(() => With(JsonNode.Parse(value))).Message, StringComparison.Ordinal);
}
