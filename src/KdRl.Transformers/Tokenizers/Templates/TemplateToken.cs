namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>A piece of a template's source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string, the value.</param>
/// <param name="Line">Where it stands, from 1.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line)
{
    public override string ToString() => Kind switch
    {
        TemplateTokenKind.End => "the end of the template",
        TemplateTokenKind.Text => "text",
        TemplateTokenKind.String => "a string",
        _ => $"'{TemplateException.Shown(Text)}'",
    };
}
