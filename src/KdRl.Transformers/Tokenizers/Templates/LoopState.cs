namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>The variable <c>loop</c>.</summary>
/// <param name="Items">What the loop goes through.</param>
internal sealed record LoopState(IReadOnlyList<object?> Items)
{
    private object? last;
    private bool hasLast;

    public int Index { get; set; }

    public object? Attribute(TemplateRun run, string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(Items.Count - Index),
        "revindex0" => Items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == Items.Count - 1,
        "length" => (long)Items.Count,
        // Only recursive loops, which are not supported, go deeper.
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => Index > 0 ? Items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index + 1 < Items.Count ? Items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => new TemplateFunction(name, arguments => arguments.Positional.Count > 0
            ? arguments.Positional[Index % arguments.Positional.Count] : throw run.Fail("'cycle' needs values")),
        "changed" => new TemplateFunction(name, arguments => Changed(run, arguments.Positional.ToArray())),
        _ => new Undefined($"'loop' has no attribute '{name}'"),
    };

    private bool Changed(TemplateRun run, object?[] value)
    {
        var changed = !hasLast || !TemplateValues.AreEqual(run, last, value);
        (last, hasLast) = (value, true);
        return changed;
    }
}
