using KdRl.Transformers.Checkpoints;
using KdRl.Transformers.Tokenizers.Unicode;

namespace KdRl.Transformers.Tokenizers;

/// <summary>What happens to text before it is cut into tokens: canonical forms, and prepended, replaced and stripped text.</summary>
internal sealed class TextNormalizer
{
    private readonly List<Func<string, string>> steps = [];

    /// <param name="json"><c>normalizer</c> of tokenizer.json; null: text stays as it is.</param>
    public TextNormalizer(JsonFields? json)
    {
        if (json is not null) Add(json);
    }

    /// <exception cref="InvalidDataException">The text grows beyond bounds.</exception>
    public string Apply(string text) => steps.Aggregate(text, (current, step) =>
    {
        var next = step(current);
        TextGrowth.Check("normalizer", text.Length, next.Length);
        return next;
    });

    private void Add(JsonFields json)
    {
        switch (json.Text("type"))
        {
            case "Sequence":
                foreach (var part in json.Objects("normalizers")) Add(part);
                break;
            case "Prepend":
                var prefix = TextGrowth.Short(json, "prepend");
                steps.Add(text => text.Length == 0 ? text : prefix + text);
                break;
            case "Replace":
                var (old, fresh) = Replacement(json);
                steps.Add(text => text.Replace(old, fresh, StringComparison.Ordinal));
                break;
            case "NFC":
                steps.Add(CanonicalForm.Compose);
                break;
            case "NFD":
                steps.Add(CanonicalForm.Decompose);
                break;
            case "Lowercase":
                // Character by character, as Hugging Face's library does; .NET leaves the only character out that becomes two.
                steps.Add(text => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal));
                break;
            case "Strip":
                var (left, right) = (json.Flag("strip_left"), json.Flag("strip_right"));
                steps.Add(text => right ? (left ? text.Trim() : text.TrimEnd()) : left ? text.TrimStart() : text);
                break;
            default:
                throw json.Bad("type", "Sequence, NFC, NFD, Lowercase, Prepend, Replace or Strip, the ones supported");
        }
        TextGrowth.CheckSteps(json, steps.Count);
    }

    /// <summary>The fields of a Replace step, which normalizers and decoders share.</summary>
    internal static (string Old, string Fresh) Replacement(JsonFields json)
    {
        var pattern = json.Object("pattern") ?? throw json.Bad("pattern", "an object");
        if (pattern.Text("String") is not { Length: > 0 } old) throw json.Bad("pattern", "a literal String, not empty (a regular expression is not supported)");
        return (old, TextGrowth.Short(json, "content"));
    }
}
