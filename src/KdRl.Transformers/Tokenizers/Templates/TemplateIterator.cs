namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>
/// What filters such as <c>map</c> and <c>select</c> give: Python's generator. It is true even when nothing is in it, has no
/// length and no text, and gives its items once.
/// </summary>
internal sealed class TemplateIterator(IReadOnlyList<object?> items)
{
    private int at;

    public bool TryNext(out object? item)
    {
        item = at < items.Count ? items[at] : null;
        return at++ < items.Count;
    }

    /// <summary>All items that are left.</summary>
    public IReadOnlyList<object?> Rest()
    {
        var rest = at == 0 ? items : [.. items.Skip(at)];
        at = items.Count;
        return rest;
    }
}
