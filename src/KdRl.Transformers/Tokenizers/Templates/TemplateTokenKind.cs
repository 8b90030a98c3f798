namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>What a piece of a template's source is.</summary>
internal enum TemplateTokenKind
{
    Text, BlockBegin, BlockEnd, OutputBegin, OutputEnd, Name, String, Integer, Float, Operator, End,
}
