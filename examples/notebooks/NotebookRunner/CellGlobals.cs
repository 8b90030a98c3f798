using System.Text.Json.Nodes;

namespace KdRl.Notebooks;

/// <summary>What every cell can call without naming it. Lower case, as notebooks have it.</summary>
public sealed class CellGlobals
{
    private readonly Action<JsonObject> show;

    internal CellGlobals(Action<JsonObject> show) => this.show = show;

    /// <summary>Shows a value under the cell: a plot as a picture, <see cref="Markdown"/>, <see cref="Html"/> and <see cref="Svg"/> rendered, anything else as text.</summary>
    public void display(object? value) => show(MimeBundle.Of(value));

    /// <summary>Shows rows as a table, one column a property.</summary>
    /// <param name="rows">Objects of one type, such as anonymous ones.</param>
    public void table<T>(IEnumerable<T> rows)
    {
        var columns = typeof(T).GetProperties();
        string[] lines =
        [
            Line(columns.Select(c => c.Name.Replace('_', ' '))),
            Line(columns.Select(_ => "---")),
            .. rows.Select(r => Line(columns.Select(c => $"{c.GetValue(r)}"))),
        ];
        display(new Markdown(string.Join('\n', lines)));

        static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
    }
}
