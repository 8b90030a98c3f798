using System.Text.Json.Nodes;

namespace KdRl.Transformers.Checkpoints;

/// <summary>What a model's directory said beyond what this library uses; written back when the model is saved.</summary>
/// <param name="Config"><c>config.json</c></param>
/// <param name="Generation"><c>generation_config.json</c>; null when there was none.</param>
/// <param name="GenerationPath">Where that was, for errors.</param>
internal sealed record LoadedFiles(JsonObject Config, byte[]? Generation, string GenerationPath);
