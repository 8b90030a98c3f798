using System.Runtime.CompilerServices;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>
/// Where a rendering stands, and what it may still use. Templates come with checkpoints and are untrusted: every step costs,
/// and so does every character and list item that is made, so that none can hang the process or fill its memory.
/// </summary>
internal sealed class TemplateRun
{
    /// <summary>Steps of one rendering.</summary>
    public const long MaxSteps = 5_000_000;

    /// <summary>Characters of one rendering, in its text and in all values on the way.</summary>
    public const long MaxCharacters = 1 << 26;

    private long steps = MaxSteps, characters = MaxCharacters;

    /// <summary>Line of the template.</summary>
    public int Line { get; set; } = 1;

    public void Step(long cost = 1)
    {
        steps -= cost;
        if (steps < 0) throw Fail($"the template took more than {MaxSteps} steps");
    }

    /// <summary>Called wherever the evaluation calls itself.</summary>
    public void GuardDepth()
    {
        Step();
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Fail("the template is nested too deeply");
    }

    /// <summary>Pays for going once through a text, whose length is not bounded by the steps that made it, or through the entries of a mapping.</summary>
    public void Read(object? value) => Step(value is string text ? text.Length / 64 : value is TemplateMap map ? map.Count : 0);

    /// <summary>Pays for characters before they are made.</summary>
    public void Characters(long count)
    {
        characters -= count;
        if (characters < 0) throw Fail($"the template made more than {MaxCharacters} characters of text");
    }

    /// <summary>Pays for a text that was made, of at most the size of what was paid for before.</summary>
    public string Made(string text)
    {
        Characters(text.Length);
        return text;
    }

    /// <summary>Pays for a search, whose worst case is the product of the lengths.</summary>
    public void Search(string text, string part) => Step(1 + text.Length / 64 + (long)text.Length * part.Length / 1024);

    public TemplateException Fail(string problem) => new(Line, problem);
}
