using System.Text.Json.Nodes;

namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// Reads and writes the rotary embedding of <c>config.json</c>: <c>rope_theta</c> and <c>rope_scaling</c>, or the newer
/// <c>rope_parameters</c>, which holds both.
/// </summary>
internal static class RopeJson
{
    private static readonly HashSet<string> Known =
    [
        "type", "rope_type", "rope_theta", "partial_rotary_factor", "factor", "original_max_position_embeddings", "low_freq_factor", "high_freq_factor",
        "beta_fast", "beta_slow", "attention_factor", "mscale", "mscale_all_dim", "truncate",
        // A remark of some files on how the model was made.
        "finetuned",
    ];

    /// <exception cref="InvalidDataException">A kind of scaling, or a constant of one, is not supported or not a number.</exception>
    public static (double? Theta, RopeScaling? Scaling) Read(JsonFields json)
    {
        var (old, combined) = (json.Object("rope_scaling"), json.Object("rope_parameters"));
        if (old is not null && combined is not null) throw json.Bad("rope_scaling", "null beside rope_parameters");
        var theta = json.Number("rope_theta");
        if ((old ?? combined) is not { } rope) return (theta, null);
        if (json.Has("original_max_position_embeddings")) throw json.Bad("original_max_position_embeddings", "null beside rotary scaling, which has a constant of that name itself");
        foreach (var (name, _) in rope.All())
            if (!Known.Contains(name)) throw rope.Bad(name, "a known constant of rotary scaling (this one is not supported)");
        if (rope.Number("partial_rotary_factor") is { } part and not 1) throw rope.Bad("partial_rotary_factor", $"1, found {part}");
        if (rope.Number("rope_theta") is { } inner)
        {
            if (theta is { } outer && outer != inner) throw rope.Bad("rope_theta", $"{outer}, as beside it");
            theta = inner;
        }
        return (theta, Scaling(rope));
    }

    private static RopeScaling? Scaling(JsonFields rope)
    {
        var key = rope.Has("rope_type") ? "rope_type" : "type";
        if (rope.Has("type") && rope.Text("type") != rope.Text(key)) throw rope.Bad("type", "the same as rope_type");
        return (rope.Text(key) ?? "default") switch
        {
            "default" => null,
            "linear" => new LinearRopeScaling { Factor = Needed("factor") },
            "dynamic" => Dynamic(),
            "llama3" => new Llama3RopeScaling
            {
                Factor = Needed("factor"),
                LowFrequencyFactor = Needed("low_freq_factor"),
                HighFrequencyFactor = Needed("high_freq_factor"),
                OriginalMaxPositions = rope.Required("original_max_position_embeddings"),
            },
            "yarn" => new YarnRopeScaling
            {
                Factor = Needed("factor"),
                OriginalMaxPositions = rope.Int("original_max_position_embeddings"),
                BetaFast = rope.Number("beta_fast") ?? 32,
                BetaSlow = rope.Number("beta_slow") ?? 1,
                AttentionFactor = rope.Number("attention_factor"),
                MScale = rope.Number("mscale"),
                MScaleAllDim = rope.Number("mscale_all_dim"),
                Truncate = !rope.Has("truncate") || rope.Flag("truncate"),
            },
            _ => throw rope.Bad(key, "default, linear, dynamic, llama3 or yarn"),
        };

        double Needed(string name) => rope.Number(name) ?? throw rope.Bad(name, "a number");

        DynamicRopeScaling Dynamic() => rope.Has("original_max_position_embeddings")
            ? throw rope.Bad("original_max_position_embeddings", "null beside dynamic scaling, which starts at max_position_embeddings")
            : new DynamicRopeScaling { Factor = Needed("factor") };
    }

    /// <summary>Writes into the place that the file it was loaded from used; a fresh file gets the older, more widely read one.</summary>
    public static void Write(JsonObject json, TransformerConfig config)
    {
        var scaling = Fields(config.RopeScaling);
        if (json.ContainsKey("rope_parameters"))
        {
            scaling ??= new JsonObject { ["rope_type"] = "default" };
            scaling["rope_theta"] = config.RopeTheta;
            json["rope_parameters"] = scaling;
            if (json.ContainsKey("rope_theta")) json["rope_theta"] = config.RopeTheta;
            return;
        }
        json["rope_theta"] = config.RopeTheta;
        json["rope_scaling"] = scaling;
    }

    private static JsonObject? Fields(RopeScaling? scaling)
    {
        var json = new JsonObject { ["factor"] = scaling?.Factor };
        switch (scaling)
        {
            case null:
                return null;
            case Llama3RopeScaling llama:
                json["rope_type"] = "llama3";
                json["low_freq_factor"] = llama.LowFrequencyFactor;
                json["high_freq_factor"] = llama.HighFrequencyFactor;
                json["original_max_position_embeddings"] = llama.OriginalMaxPositions;
                return json;
            case YarnRopeScaling yarn:
                json["rope_type"] = "yarn";
                json["beta_fast"] = yarn.BetaFast;
                json["beta_slow"] = yarn.BetaSlow;
                json["truncate"] = yarn.Truncate;
                if (yarn.OriginalMaxPositions is { } original) json["original_max_position_embeddings"] = original;
                if (yarn.AttentionFactor is { } attention) json["attention_factor"] = attention;
                if (yarn.MScale is { } scale) json["mscale"] = scale;
                if (yarn.MScaleAllDim is { } all) json["mscale_all_dim"] = all;
                return json;
            default:
                json["rope_type"] = scaling is LinearRopeScaling ? "linear" : "dynamic";
                return json;
        }
    }
}
