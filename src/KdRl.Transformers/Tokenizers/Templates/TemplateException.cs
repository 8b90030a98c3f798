namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>A template is not understood, fails, or overruns its budget.</summary>
internal sealed class TemplateException : Exception
{
    public TemplateException(int line, string problem) : base($"line {line}: {problem}")
    {
    }

    /// <summary>The beginning of a text, for messages.</summary>
    public static string Shown(string text, int length = 60) => text.Length <= length ? text : text[..length] + "…";
}
