using System.Text.Json.Nodes;

namespace KdRl.Notebooks;

/// <summary>One code cell of a notebook: its source, and the outputs stored with it.</summary>
public sealed class Cell(JsonObject node)
{
    /// <summary>The code.</summary>
    public string Source => Text(node["source"]);

    /// <summary>The stored outputs as text: what was printed, the plain or Markdown form of what was shown, and errors.</summary>
    public string TextOutputs => string.Join('\n', Outputs.Select(AsText));

    private IEnumerable<JsonObject> Outputs => node["outputs"] is JsonArray outputs ? outputs.OfType<JsonObject>() : [];

    /// <summary>Replaces the stored outputs.</summary>
    public void SetOutputs(int executionCount, IEnumerable<JsonObject> outputs)
    {
        node["execution_count"] = executionCount;
        node["outputs"] = new JsonArray([.. outputs]);
    }

    private static string AsText(JsonObject output) => (string?)output["output_type"] switch
    {
        "stream" => Text(output["text"]),
        "error" => $"{output["ename"]}: {output["evalue"]}",
        _ => Text(output["data"]?["text/markdown"] ?? output["data"]?["text/plain"]),
    };

    /// <summary>Multi-line strings are stored either whole or as an array of lines.</summary>
    private static string Text(JsonNode? value) => value is JsonArray lines ? string.Concat(lines.Select(l => (string?)l)) : (string?)value ?? "";
}
