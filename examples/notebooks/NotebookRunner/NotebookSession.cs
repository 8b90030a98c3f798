using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace KdRl.Notebooks;

/// <summary>Runs the cells of a notebook one after another in one script, on the calling thread.</summary>
/// <remarks>Cells see every assembly of the runner, so its project references stand in for <c>#r "nuget: …"</c> lines, which are skipped.</remarks>
public sealed partial class NotebookSession
{
    private static readonly ScriptOptions Options = ScriptOptions.Default
        .WithReferences(((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
        .WithImports("System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks", "KdRl.Notebooks")
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithFileEncoding(Encoding.UTF8)
        .WithEmitDebugInformation(true);

    private readonly List<JsonObject> outputs = [];
    private readonly CellGlobals globals;
    private ScriptState<object?>? state;

    /// <summary>Starts with nothing declared.</summary>
    public NotebookSession() => globals = new CellGlobals(data => Show("display_data", data));

    /// <summary>Runs the code cells from the top, stores their outputs in the notebook, and stops after the first that fails.</summary>
    /// <param name="notebook">The notebook; its outputs are replaced.</param>
    /// <param name="check">Whether a cell also fails when its text outputs differ from those stored before.</param>
    public IReadOnlyList<CellResult> Run(Notebook notebook, bool check = false)
    {
        var results = new List<CellResult>();
        foreach (var cell in notebook.CodeCells)
        {
            var stored = cell.TextOutputs;
            var number = results.Count + 1;
            var watch = Stopwatch.StartNew();
            var error = Run(cell.Source, $"cell {number}");
            cell.SetOutputs(number, outputs);
            if (error is null && check && cell.TextOutputs != stored)
                error = $"The stored outputs are not what the cell writes now.\nstored:\n{stored}\nnow:\n{cell.TextOutputs}";
            results.Add(new CellResult(number, error, watch.Elapsed));
            if (error is not null) break;
        }
        return results;
    }

    private string? Run(string source, string name)
    {
        outputs.Clear();
        var options = Options.WithFilePath(name);
        var code = Directive().Replace(source, "//$0");
        var console = Console.Out;
        Console.SetOut(new OutputWriter(Print));
        try
        {
            state = CellThread.Run(() => state is null
                ? CSharpScript.RunAsync<object?>(code, options, globals)
                : state.ContinueWithAsync<object?>(code, options));
            if (state.ReturnValue is not null) Show("execute_result", MimeBundle.Of(state.ReturnValue));
            return null;
        }
        catch (Exception e)
        {
            var message = e is CompilationErrorException ? e.Message : e.ToString();
            outputs.Add(new JsonObject
            {
                ["output_type"] = "error",
                ["ename"] = e.GetType().Name,
                ["evalue"] = e.Message,
                ["traceback"] = new JsonArray([.. message.Split('\n')]),
            });
            return message;
        }
        finally
        {
            Console.SetOut(console);
        }
    }

    private void Print(string text)
    {
        if (outputs.LastOrDefault() is { } last && (string?)last["output_type"] == "stream") last["text"] = (string?)last["text"] + text;
        else outputs.Add(new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = text });
    }

    private void Show(string type, JsonObject data)
    {
        var output = new JsonObject { ["output_type"] = type, ["data"] = data, ["metadata"] = new JsonObject() };
        if (type == "execute_result") output["execution_count"] = null;
        outputs.Add(output);
    }

    /// <summary>Lines meant for an interactive kernel: packages, sources, and the choice of a language.</summary>
    [GeneratedRegex("""^\s*#(r\s+"nuget:|i\s|!).*""", RegexOptions.Multiline)]
    private static partial Regex Directive();
}
