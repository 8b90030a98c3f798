using System.Text.Json;
using System.Text.Json.Nodes;
using KdRl.Transformers.Checkpoints;
using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Adapters;

/// <summary>A LoRA adapter's directory in the layout of Hugging Face PEFT, in and out.</summary>
internal static class AdapterFiles
{
    private const string ConfigName = "adapter_config.json", WeightsName = "adapter_model.safetensors";

    /// <exception cref="InvalidDataException">A value is missing, out of range, or not supported.</exception>
    public static LoraOptions ReadOptions(string directory)
    {
        var path = Path.Combine(directory, ConfigName);
        var json = new JsonFields(path, JsonFile.Read(path));
        json.Expect("peft_type", "LORA");
        json.Expect("bias", "none", isOptional: true);
        foreach (var key in new[] { "use_dora", "use_rslora", "fan_in_fan_out", "lora_bias", "use_qalora" })
            if (json.Flag(key)) throw json.Bad(key, "false (it is not supported and would change the results)");
        foreach (var key in new[] { "layers_to_transform", "layers_pattern", "layer_replication", "target_parameters", "trainable_token_indices", "exclude_modules", "corda_config", "eva_config" })
            if (json.Has(key)) throw json.Bad(key, "null (it is not supported and would change the results)");
        foreach (var key in new[] { "rank_pattern", "alpha_pattern" })
            if (json.Object(key)?.All().Any() ?? false) throw json.Bad(key, "an empty object (others are not supported and would change the results)");
        if (json.Has("modules_to_save") && json.List("modules_to_save").Count > 0) throw json.Bad("modules_to_save", "null (it is not supported and would change the results)");
        var options = new LoraOptions
        {
            Rank = json.Required("r"),
            Alpha = json.Number("lora_alpha") ?? throw json.Bad("lora_alpha", "a number"),
            Dropout = json.Number("lora_dropout") ?? 0,
            TargetModules = json.Texts("target_modules") ?? throw json.Bad("target_modules", "a list of names"),
        };
        return options.Problem() is { } problem ? throw new InvalidDataException($"{path}: {problem}") : options;
    }

    /// <summary>Compares the file with the adapter that is expected, before memory is taken for one: the configuration may state any rank.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or a tensor is missing, left over or of another shape.</exception>
    public static void Check(string directory, IReadOnlyList<(string Name, long[] Shape)> tensors)
    {
        var path = Path.Combine(directory, WeightsName);
        using var reader = SafeTensorsReader.OpenFile(path);
        foreach (var (name, shape) in tensors) reader.Check(name, shape);
        if (reader.Names.Except(tensors.Select(tensor => tensor.Name)).FirstOrDefault() is { } stray)
            throw new InvalidDataException($"{path}: tensor '{stray}' has no place in the adapter that {ConfigName} describes.");
    }

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void ReadWeights(string directory, IReadOnlyList<WeightPart> parts)
    {
        using var reader = SafeTensorsReader.OpenFile(Path.Combine(directory, WeightsName));
        WeightPart.Import(parts, reader);
    }

    public static void Write(string directory, LoraOptions options, IReadOnlyList<WeightPart> parts)
    {
        Directory.CreateDirectory(directory);
        var json = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = null,
            ["r"] = options.Rank,
            ["lora_alpha"] = options.Alpha,
            ["lora_dropout"] = options.Dropout,
            ["target_modules"] = new JsonArray([.. options.TargetModules.Select(name => (JsonNode)name)]),
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
        };
        AtomicFile.Write(Path.Combine(directory, ConfigName), JsonSerializer.SerializeToUtf8Bytes(json, ConfigJson.Indented));
        using var noGrad = no_grad();
        SafeTensorsWriter.Write(Path.Combine(directory, WeightsName), [.. parts.Select(part => (part.Name, part.Parameter.dtype, part.Shape))], i => parts[i].Export());
    }
}
