namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>What a template can call.</summary>
/// <param name="Name">Its name, for errors.</param>
/// <param name="Call">Computes the result.</param>
internal sealed record TemplateFunction(string Name, Func<Arguments, object?> Call);
