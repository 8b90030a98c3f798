using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>A model's Hugging Face directory, in and out.</summary>
internal static class ModelFiles
{
    private const string ConfigName = "config.json", GenerationName = "generation_config.json", WeightsName = "model.safetensors";

    /// <param name="directory">Where from.</param>
    /// <param name="dtype">Number type in memory; null: the configuration's.</param>
    /// <param name="create">Makes the model, its weights still to be filled.</param>
    public static CausalLM Load(string directory, ScalarType? dtype, Func<TransformerConfig, LoadedFiles, CausalLM> create)
    {
        var path = Path.Combine(directory, ConfigName);
        var config = ConfigJson.Read(path);
        var generationPath = Path.Combine(directory, GenerationName);
        byte[]? generation = null;
        if (File.Exists(generationPath))
        {
            generation = File.ReadAllBytes(generationPath);
            var ends = new JsonFields(generationPath, JsonFile.Parse(generationPath, generation)).Ids("eos_token_id");
            if (ends.Length > 0) config = config with { EosTokenIds = ends };
        }
        if (dtype is { } type) config = config with { DataType = type };
        if (config.Problem() is { } problem) throw new InvalidDataException($"{directory}: {problem}");
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        var model = create(config, new LoadedFiles(JsonNode.Parse(File.ReadAllBytes(path))!.AsObject(), generation));
        try
        {
            Fill(directory, model, reader);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void Fill(string directory, CausalLM model, SafeTensorsReader reader)
    {
        var parts = model.Weights().ToList();
        var known = parts.Select(part => part.Name).ToHashSet();
        // A tied head may be stored all the same, and old files keep the rotary frequencies.
        foreach (var name in reader.Names)
            if (!known.Contains(name) && !(name == "lm_head.weight" && model.Config.TieWordEmbeddings) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal))
                throw new InvalidDataException($"{directory}: tensor '{name}' has no place in the model that {ConfigName} describes.");
        foreach (var part in parts)
        {
            using var scope = NewDisposeScope();
            part.Import(reader.Read(part.Name, part.Shape));
        }
    }

    public static void Save(CausalLM model, string directory)
    {
        using var noGrad = no_grad();
        Directory.CreateDirectory(directory);
        AtomicFile.Write(Path.Combine(directory, ConfigName), ConfigJson.Write(model.Config, model.Loaded?.Config));
        if (model.Loaded?.Generation is { } generation) AtomicFile.Write(Path.Combine(directory, GenerationName), generation);
        var parts = model.Weights().OrderBy(part => part.Name, StringComparer.Ordinal).ToList();
        SafeTensorsWriter.Write(Path.Combine(directory, WeightsName),
            [.. parts.Select(part => (part.Name, part.Parameter.dtype, part.Shape))], i => parts[i].Export());
        model.Tokenizer?.Save(directory);
    }
}
