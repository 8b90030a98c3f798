namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>A template says that it cannot render its input (<c>raise_exception</c>).</summary>
internal sealed class RefusedByTemplateException(string message) : Exception(message);
