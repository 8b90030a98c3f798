namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Variables that assignments inside loops can reach (<c>namespace(...)</c>).</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Values { get; } = [];
}
