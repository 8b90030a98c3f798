using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KdRl.Notebooks;

/// <summary>A Jupyter notebook file, format 4.</summary>
public sealed class Notebook
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonNode root;

    private Notebook(JsonNode root, IReadOnlyList<Cell> cells) => (this.root, CodeCells) = (root, cells);

    /// <summary>The cells that hold code, in order.</summary>
    public IReadOnlyList<Cell> CodeCells { get; }

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="InvalidDataException">The file is not a notebook; the message says where.</exception>
    public static Notebook Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new InvalidDataException($"{path} is not a notebook: {e.Message}", e);
        }
    }

    /// <summary>Reads a notebook from its JSON text.</summary>
    public static Notebook Parse(string json)
    {
        var root = JsonNode.Parse(json);
        if (root?["cells"] is not JsonArray cells) throw new InvalidDataException("expected an object with an array of cells");
        return new Notebook(root, [.. cells.Where(c => (string?)c?["cell_type"] == "code").Select(c => new Cell(c!.AsObject()))]);
    }

    /// <summary>Writes the notebook, outputs included.</summary>
    public void Save(string path) => File.WriteAllText(path, ToJson());

    /// <summary>The notebook as JSON text.</summary>
    public string ToJson() => root.ToJsonString(Format) + "\n";
}
