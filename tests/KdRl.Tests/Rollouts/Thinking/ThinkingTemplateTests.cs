using FsCheck.Xunit;
using KdRl.Rollouts;

namespace KdRl.Tests.Rollouts.Thinking;

public class ThinkingTemplateTests
{
    private static readonly ThinkingTemplate[] Templates = [ThinkingTemplate.MetaPrompt, ThinkingTemplate.PanguSuffix, ThinkingTemplate.QwenSuffix, new(MarkerPlace.MetaPrompt, "fast", "", "auto")];

    [Property]
    public bool Apply_AnyTextAndModes_IsReadBackAndReplaced(string? text, bool isConversation, bool hasSystem, byte template, byte first, byte second)
    {
        var t = Templates[template % Templates.Length];
        var modes = t.AllowsAuto ? 3 : 2;
        var prompt = isConversation
            ? Prompt.FromMessages("q", [.. hasSystem ? [new Message("system", "You help.")] : Array.Empty<Message>(), new("user", "earlier"), new("assistant", "yes"), new("user", text ?? "")])
            : Prompt.FromText("q", text ?? "");
        prompt = prompt with { Reference = "42", Task = "math", Metadata = new Dictionary<string, string> { ["a"] = "b" } };
        var (a, b) = ((ThinkingMode)(first % modes), (ThinkingMode)(second % modes));

        var marked = t.Apply(prompt, a);
        var changed = t.Apply(marked, b);

        return t.Parse(marked) == a && t.Parse(changed) == b && Same(changed, t.Apply(prompt, b))
            && (marked.Id, marked.Reference, marked.Task, marked.Metadata) == (prompt.Id, prompt.Reference, prompt.Task, prompt.Metadata);
    }

    [Fact]
    public void Apply_MetaPrompt_StandsInTheSystemMessage()
    {
        var withSystem = Prompt.FromMessages("q", [new("system", "You help."), new("user", "2+2?")]);
        var without = Prompt.FromMessages("q", [new("user", "2+2?")]);

        Assert.Equal([new("system", "META_PROMPT: system 1\nYou help."), new("user", "2+2?")], ThinkingTemplate.MetaPrompt.Apply(withSystem, ThinkingMode.Fast).Messages);
        Assert.Equal([new("system", "META_PROMPT: system 2"), new("user", "2+2?")], ThinkingTemplate.MetaPrompt.Apply(without, ThinkingMode.Slow).Messages);
        Assert.Equal("META_PROMPT: system 2\n2+2?", ThinkingTemplate.MetaPrompt.Apply(Prompt.FromText("q", "2+2?"), ThinkingMode.Slow).Text);
    }

    [Fact]
    public void Apply_Suffix_StandsBehindTheLastQuestion()
    {
        var prompt = Prompt.FromMessages("q", [new("user", "2+2?"), new("assistant", "4"), new("user", "3+3?")]);

        Assert.Equal("3+3? /no_think", ThinkingTemplate.QwenSuffix.Apply(prompt, ThinkingMode.Fast).Messages![2].Content);
        Assert.Equal("3+3? /auto_think", ThinkingTemplate.PanguSuffix.Apply(prompt, ThinkingMode.Auto).Messages![2].Content);
        Assert.Equal("3+3?", ThinkingTemplate.PanguSuffix.Apply(ThinkingTemplate.PanguSuffix.Apply(prompt, ThinkingMode.Auto), ThinkingMode.Slow).Messages![2].Content);
        Assert.Equal("2+2?", ThinkingTemplate.QwenSuffix.Apply(prompt, ThinkingMode.Fast).Messages![0].Content);
    }

    [Fact]
    public void Parse_WithoutMarker_IsTheModeThatNeedsNone()
    {
        Assert.Null(ThinkingTemplate.QwenSuffix.Parse(Prompt.FromText("q", "2+2?")));
        Assert.Equal(ThinkingMode.Slow, ThinkingTemplate.PanguSuffix.Parse(Prompt.FromText("q", "2+2?")));
        Assert.Null(ThinkingTemplate.QwenSuffix.Parse(Prompt.FromText("q", "what does a/no_think do, or /no_thinking")));
    }

    [Fact]
    public void Apply_WhatCannotBe_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ThinkingTemplate.QwenSuffix.Apply(Prompt.FromText("q", "?"), ThinkingMode.Auto));
        Assert.Throws<ArgumentException>(() => ThinkingTemplate.QwenSuffix.Apply(Prompt.FromMessages("q", [new("system", "?")]), ThinkingMode.Fast));
        Assert.Throws<ArgumentException>(() => new ThinkingTemplate(MarkerPlace.Suffix, "a", "a"));
        Assert.Throws<ArgumentException>(() => new ThinkingTemplate(MarkerPlace.Suffix, "a\nb", "c"));
    }

    private static bool Same(Prompt a, Prompt b) => a.Text == b.Text && (a.Messages ?? []).SequenceEqual(b.Messages ?? []);
}
