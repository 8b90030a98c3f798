using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Special tokens around a single sequence (<c>post_processor</c> of tokenizer.json, TemplateProcessing).</summary>
internal sealed class TokenTemplate
{
    /// <param name="json">The post-processor; null: nothing is added.</param>
    public TokenTemplate(JsonFields? json)
    {
        if (json is null) return;
        json.Expect("type", "TemplateProcessing");
        var (special, hasSequence) = (json.Object("special_tokens"), false);
        foreach (var piece in json.Objects("single"))
        {
            if (piece.Object("SpecialToken") is { } token)
            {
                var name = token.RequiredText("id");
                var ids = special?.Object(name)?.Ids("ids") ?? throw json.Bad("special_tokens", $"the ids of '{name}', which the template uses");
                (hasSequence ? Suffix : Prefix).AddRange(ids);
            }
            else if (piece.Object("Sequence") is not null && !hasSequence)
            {
                hasSequence = true;
            }
            else
            {
                throw json.Bad("single", "special tokens around one sequence");
            }
        }
        if (!hasSequence) throw json.Bad("single", "special tokens around one sequence");
    }

    public List<int> Prefix { get; } = [];

    public List<int> Suffix { get; } = [];
}
