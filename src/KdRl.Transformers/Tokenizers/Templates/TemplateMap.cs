namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>A mapping from texts to values, in order.</summary>
internal sealed class TemplateMap : OrderedDictionary<string, object?>;
