using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KdRl.Training;

/// <summary>A file with one JSON object a line, each with the <c>step</c> it belongs to. A line that a kill cut short is dropped when the run resumes.</summary>
internal sealed class JsonLines(string path)
{
    /// <summary>Adds a line.</summary>
    public void Append(object value) => File.AppendAllText(path, JsonSerializer.Serialize(value, RunJson.Line) + '\n');

    /// <summary>Drops what lies after a step, so that a resumed run does not write it twice.</summary>
    public void TruncateAfter(long step)
    {
        if (!File.Exists(path)) return;
        var kept = new StringBuilder();
        foreach (var line in File.ReadLines(path).Where(l => StepOf(l) <= step)) kept.Append(line).Append('\n');
        DurableFiles.Replace(path, kept.ToString());
    }

    /// <summary>Every whole line.</summary>
    public IEnumerable<JsonObject> Read()
    {
        if (!File.Exists(path)) yield break;
        foreach (var line in File.ReadLines(path))
            if (Parse(line) is { } value) yield return value;
    }

    private static long StepOf(string line) => Parse(line)?["step"] is JsonValue value && value.TryGetValue<long>(out var step) ? step : long.MaxValue;

    private static JsonObject? Parse(string line)
    {
        try { return JsonNode.Parse(line) as JsonObject; }
        catch (JsonException) { return null; }
    }
}
