using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KdRl.Training;

/// <summary>A file with one JSON object a line, each with the <c>step</c> it belongs to. A line that a kill cut short is dropped when the run resumes.</summary>
internal sealed class JsonLines(string path)
{
    private const int Block = 4096;

    /// <summary>Adds a line.</summary>
    public void Append(object value) => AppendAll([value]);

    /// <summary>Adds lines at one go.</summary>
    public void AppendAll(IEnumerable<object> values) => File.AppendAllText(path, string.Concat(values.Select(v => JsonSerializer.Serialize(v, RunJson.Line) + '\n')));

    /// <summary>Drops what lies after a step, so that a resumed run does not write it twice. Reads from the end: the file may be long, its tail is not.</summary>
    public void TruncateAfter(long step)
    {
        if (!File.Exists(path)) return;
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        var end = file.Length;
        while (end > 0)
        {
            var start = StartOfLine(file, end);
            var line = new byte[end - start];
            file.Position = start;
            file.ReadExactly(line);
            if (line[^1] == '\n' && StepOf(Encoding.UTF8.GetString(line)) <= step) break;
            end = start;
        }

        file.SetLength(end);
    }

    /// <summary>Where the line begins whose last byte lies just before <paramref name="end"/>.</summary>
    private static long StartOfLine(FileStream file, long end)
    {
        var block = new byte[Block];
        for (var until = end - 1; until > 0;)
        {
            var from = Math.Max(0, until - Block);
            file.Position = from;
            file.ReadExactly(block, 0, (int)(until - from));
            var found = Array.LastIndexOf(block, (byte)'\n', (int)(until - from) - 1);
            if (found >= 0) return from + found + 1;
            until = from;
        }

        return 0;
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
