using System.Text.Json.Nodes;
using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>A model's Hugging Face directory, in and out.</summary>
internal static class ModelFiles
{
    public const string GenerationName = "generation_config.json";
    private const string ConfigName = "config.json";

    /// <param name="directory">Where from.</param>
    /// <param name="dtype">Number type in memory; null: the configuration's.</param>
    /// <param name="create">Makes the model on a device (null: where it is wanted), its weights still to be filled.</param>
    public static CausalLM Load(string directory, ScalarType? dtype, Func<TransformerConfig, LoadedFiles, Device?, CausalLM> create)
    {
        var path = Path.Combine(directory, ConfigName);
        var config = ConfigJson.Read(path);
        var generationPath = Path.Combine(directory, GenerationName);
        byte[]? generation = null;
        if (File.Exists(generationPath))
        {
            generation = PlainFile.ReadAllBytes(generationPath);
            var ends = new JsonFields(generationPath, JsonFile.Parse(generationPath, generation)).Ids("eos_token_id");
            if (ends.Length > 0) config = config with { EosTokenIds = ends };
        }
        if (dtype is { } type) config = config with { DataType = type };
        if (config.Problem() is { } problem) throw new InvalidDataException($"{directory}: {problem}");
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        var files = new LoadedFiles(JsonObject.Create(JsonFile.Read(path))!, generation, generationPath);
        Check(directory, config, reader, shapes => create(shapes, files, META));
        var model = create(config, files, null);
        try
        {
            WeightPart.Import([.. model.Weights()], reader);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Compares the files with the configuration by means of a model without memory, before memory is taken for a real one.</summary>
    private static void Check(string directory, TransformerConfig config, SafeTensorsReader reader, Func<TransformerConfig, CausalLM> create)
    {
        if (config.Layers > reader.Names.Count)
            throw new InvalidDataException($"{directory}: num_hidden_layers is {config.Layers}; the weights have {reader.Names.Count} tensors, none such as 'model.layers.{config.Layers - 1}.input_layernorm.weight'.");
        if (config.Experts is { } experts && (long)config.Layers * experts.Count > reader.Names.Count)
            throw new InvalidDataException($"{directory}: num_experts is {experts.Count}; the weights have {reader.Names.Count} tensors, fewer than experts in {config.Layers} layers.");
        using var scope = NewDisposeScope();
        using var model = create(config);
        var known = new HashSet<string>();
        foreach (var part in model.Weights())
        {
            reader.Check(part.Name, part.Shape);
            known.Add(part.Name);
        }
        // A tied head may be stored all the same, and old files keep the rotary frequencies.
        foreach (var name in reader.Names)
            if (!known.Contains(name) && !(name == "lm_head.weight" && model.Config.TieWordEmbeddings) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal))
                throw new InvalidDataException($"{directory}: tensor '{name}' has no place in the model that {ConfigName} describes.");
    }

    /// <param name="model">What to save.</param>
    /// <param name="directory">Where to.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file.</param>
    public static void Save(CausalLM model, string directory, long maxShardBytes)
    {
        using var noGrad = no_grad();
        Directory.CreateDirectory(directory);
        AtomicFile.Write(Path.Combine(directory, ConfigName), ConfigJson.Write(model.Config, model.Loaded?.Config));
        if (model.Loaded?.Generation is { } generation) AtomicFile.Write(Path.Combine(directory, GenerationName), generation);
        var parts = model.Weights().OrderBy(part => part.Name, StringComparer.Ordinal).ToList();
        WeightFiles.Write(directory, [.. parts.Select(part => (part.Name, part.Parameter.dtype, part.Shape))], maxShardBytes, (stream, i) =>
        {
            using var scope = NewDisposeScope();
            SafeTensorsWriter.WriteTensor(stream, parts[i].Export());
        });
        model.Tokenizer?.Save(directory);
    }
}
