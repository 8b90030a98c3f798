namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>What a template gets for a name or attribute that is not there: empty, false, and an error when more is done with it.</summary>
/// <param name="Problem">Says what is missing.</param>
internal sealed record Undefined(string Problem);
