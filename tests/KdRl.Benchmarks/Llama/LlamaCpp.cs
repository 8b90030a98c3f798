using System.Diagnostics;
using System.Globalization;
using KdRl.Transformers;

namespace KdRl.Benchmarks;

/// <summary>llama.cpp, where it is installed, asked to draw from the same model by a script (<c>draw.mjs</c>).</summary>
internal sealed class LlamaCpp : IDisposable
{
    /// <summary>The environment variable that names a folder in which <c>npm install node-llama-cpp</c> was run.</summary>
    public const string Variable = "KDRL_LLAMA_CPP";

    private readonly Process process;
    private readonly string model;

    private LlamaCpp(Process process, string model) => (this.process, this.model) = (process, model);

    /// <summary>A process that draws from a model; null where the variable is not set.</summary>
    /// <param name="policy">The model.</param>
    /// <param name="sequences">Sequences drawn side by side.</param>
    /// <param name="promptTokens">Tokens of each prompt.</param>
    /// <param name="newTokens">Tokens drawn for each.</param>
    public static LlamaCpp? Start(CausalLM policy, int sequences, int promptTokens, int newTokens)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder) return null;
        var model = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.gguf");
        using (var writer = new GgufWriter(model)) writer.Write(policy);
        // A module looks for packages above its own place.
        var script = Path.Combine(folder, "kdrl-draw.mjs");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Llama", "draw.mjs"), script, overwrite: true);
        var start = new ProcessStartInfo("node", [script, model, $"{sequences}", $"{promptTokens}", $"{newTokens}", $"{Environment.ProcessorCount}"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder,
        };
        var llama = new LlamaCpp(Process.Start(start)!, model);
        llama.Draw();
        return llama;
    }

    /// <summary>Seconds that it takes to draw.</summary>
    public double Draw()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"llama.cpp's script has ended; expected seconds. Is the folder of {Variable} one in which npm install node-llama-cpp was run?");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
        File.Delete(model);
    }
}
