using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace KdRl.Examples.Quickstart;

/// <summary>What a run came to; the whole of <c>summary.json</c>. Accuracies are shares of held-out problems, decoded greedily.</summary>
internal sealed record RunSummary
{
    public const string FileName = "summary.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public required string Method { get; init; }

    public required long Seed { get; init; }

    /// <summary>Which teacher: good or imperfect.</summary>
    public required string Teacher { get; init; }

    public required double StartAccuracy { get; init; }

    public required double TeacherAccuracy { get; init; }

    public required double FinalAccuracy { get; init; }

    /// <summary>Optimiser steps of post-training.</summary>
    public required int Steps { get; init; }

    /// <summary>Wall-clock time of the whole program: teaching, post-training and evaluation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Wall-clock time of post-training alone.</summary>
    public required double PostTrainingSeconds { get; init; }

    /// <summary>Response tokens a second of post-training: sampling, rewards, teacher, gradient and update together.</summary>
    public required double ResponseTokensPerSecond { get; init; }

    /// <summary>Mean tokens of a held-out answer at the start.</summary>
    public required double StartAnswerTokens { get; init; }

    /// <summary>Mean tokens of a held-out answer at the end.</summary>
    public required double FinalAnswerTokens { get; init; }

    [JsonPropertyName("peak_rss_mb")]
    public required double PeakRssMegabytes { get; init; }

    /// <summary>Writes the file whole or not at all; what the trainer has put there stays beside it.</summary>
    public void Save(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var file = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        foreach (var (name, value) in File.Exists(path) ? Parse(path) : [])
            file.TryAdd(name, value?.DeepClone());
        File.WriteAllText(path + ".tmp", file.ToJsonString(Json) + "\n");
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Reads a finished run; null when the folder holds none, or one that is not finished.</summary>
    /// <exception cref="InvalidDataException">The file is not a summary.</exception>
    public static RunSummary? Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path) || Parse(path) is var file && !file.ContainsKey("final_accuracy")) return null;
        try
        {
            return file.Deserialize<RunSummary>(Json);
        }
        catch (JsonException e)
        {
            throw Bad(path, e);
        }
    }

    private static JsonObject Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("expected an object");
        }
        catch (JsonException e)
        {
            throw Bad(path, e);
        }
    }

    private static InvalidDataException Bad(string path, JsonException e) => new($"{path} is not the summary of a run: {e.Message}", e);
}
