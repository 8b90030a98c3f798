namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>A template is not understood, fails, or overruns its budget.</summary>
internal sealed class TemplateException : Exception
{
    public TemplateException(int line, string problem) : base($"line {line}: {problem}")
    {
    }
}
