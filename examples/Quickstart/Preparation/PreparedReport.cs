using System.Text.Json;

namespace KdRl.Examples.Quickstart.Preparation;

/// <summary>How the models did before post-training, on the held-out problems; kept beside them.</summary>
internal sealed record PreparedReport
{
    private const string FileName = "prepared.json";
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public required long Seed { get; init; }

    public required double StartAccuracy { get; init; }

    public required double StartAnswerTokens { get; init; }

    public required IReadOnlyDictionary<string, double> TeacherAccuracy { get; init; }

    /// <summary>Written last: where it stands, the models are complete.</summary>
    public void Save(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>Null when the folder holds no complete set of models.</summary>
    public static PreparedReport? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<PreparedReport>(File.ReadAllText(path), Json) : null;
    }
}
