using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Special tokens around a single sequence (<c>post_processor</c> of tokenizer.json).</summary>
internal sealed class TokenTemplate
{
    /// <param name="json">The post-processor; null: nothing is added.</param>
    public TokenTemplate(JsonFields? json)
    {
        if (json is not null) Add(json);
    }

    public List<int> Prefix { get; } = [];

    public List<int> Suffix { get; } = [];

    private void Add(JsonFields json)
    {
        switch (json.Text("type"))
        {
            case "Sequence":
                foreach (var part in json.Objects("processors")) Add(part);
                break;
            case "TemplateProcessing" when Prefix.Count == 0 && Suffix.Count == 0:
                AddTemplate(json);
                break;
            // It moves offsets, which this library does not give, and leaves ids alone.
            case "ByteLevel":
                break;
            default:
                throw json.Bad("type", "Sequence, ByteLevel or one TemplateProcessing, the ones supported");
        }
    }

    private void AddTemplate(JsonFields json)
    {
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
}
