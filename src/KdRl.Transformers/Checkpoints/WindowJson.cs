using System.Text.Json.Nodes;

namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// Reads and writes which layers of a model slide: Mistral's <c>sliding_window</c>, Qwen's <c>use_sliding_window</c>,
/// <c>sliding_window</c> and <c>max_window_layers</c>, and the newer <c>layer_types</c>.
/// </summary>
internal static class WindowJson
{
    private const string Full = "full_attention", Sliding = "sliding_attention";

    /// <summary>The window, null when no layer slides; and which layers do, null when all do.</summary>
    /// <exception cref="InvalidDataException">A value is not supported, or two contradict each other.</exception>
    public static (int? Window, IReadOnlyList<bool>? Layers) Read(JsonFields json, ModelFamily family, int layers)
    {
        var isQwen = family is ModelFamily.Qwen2 or ModelFamily.Qwen3;
        var window = isQwen && !json.Flag("use_sliding_window") ? null
            : json.Contains("sliding_window") ? json.Int("sliding_window") : FamilyDefaults.Of(family).SlidingWindow;
        var types = Types(json);
        // The fields before layer_types: all layers, or those from max_window_layers on.
        var first = window is null ? layers : isQwen ? json.Int("max_window_layers") ?? FamilyDefaults.MaxWindowLayers : 0;
        if (types is null)
        {
            if (first >= layers) return (null, null);
            return (window, first <= 0 ? null : [.. Enumerable.Range(0, layers).Select(i => i >= first)]);
        }
        if (types.Length != layers) throw json.Bad("layer_types", $"num_hidden_layers = {layers} entries");
        var count = types.Count(slides => slides);
        if (count > 0 && window is null) throw json.Bad("layer_types", $"only '{Full}' where no sliding window is in use");
        if (!isQwen && count != layers - first) throw json.Bad("layer_types", $"the same kind for all layers of {family}, '{Sliding}' with a sliding_window and '{Full}' without");
        return count == 0 ? (null, null) : (window, count == layers ? null : types);
    }

    private static bool[]? Types(JsonFields json) => json.Texts("layer_types") is not { } types ? null
        : Array.ConvertAll(types, type => type switch
        {
            Full => false,
            Sliding => true,
            _ => throw json.Bad("layer_types", $"'{Full}' or '{Sliding}'"),
        });

    public static void Write(JsonObject json, TransformerConfig config)
    {
        if (config.Family == ModelFamily.Llama) return;
        if (config.Family == ModelFamily.Mistral) json["sliding_window"] = config.SlidingWindow;
        else
        {
            json["use_sliding_window"] = config.SlidingWindow is not null;
            if (config.SlidingWindow is { } window)
            {
                json["sliding_window"] = window;
                // The first layer from which all slide: what readers without layer_types go by.
                var first = config.Layers;
                while (first > 0 && config.Slides(first - 1)) first--;
                json["max_window_layers"] = first;
            }
        }
        if (json.ContainsKey("layer_types") || config.SlidingLayers is not null)
            json["layer_types"] = new JsonArray([.. Enumerable.Range(0, config.Layers).Select(i => (JsonNode)(config.Slides(i) ? Sliding : Full))]);
    }
}
