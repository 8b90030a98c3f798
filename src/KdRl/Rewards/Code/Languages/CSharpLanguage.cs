using System.Text;
using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>C#: compiled in the sandbox by the SDK's compiler, then run there once for each test.</summary>
internal sealed class CSharpLanguage : ICodeLanguage
{
    private static readonly Lazy<DotnetSdk?> Sdk = new(DotnetSdk.Find);
    private static readonly string[] Imports = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Threading.Tasks"];

    /// <summary>The compiler is a large program, whatever the answer may use.</summary>
    private static readonly SandboxLimits CompilerLimits = new() { CpuSeconds = 20, WallSeconds = 40, LostAfterSeconds = 120, MemoryBytes = 1L << 30, Processes = 64, OpenFiles = 512 };

    public string Name => "csharp";

    public IReadOnlyList<string> FenceTags { get; } = ["csharp", "cs", "c#"];

    public bool HasExaminer => false;

    public async ValueTask<PreparedCode> PrepareAsync(string code, bool callable, ISandbox sandbox, SandboxLimits limits, CancellationToken ct)
    {
        if (Sdk.Value is not { } sdk)
            return Failed(SandboxResult.Fault(SandboxStatus.Failed, "there is no .NET SDK in /usr/share/dotnet, /usr/lib/dotnet or /usr/lib64/dotnet, where a sandbox could see it"));
        var run = await CompileAsync(sdk, code, callable, sandbox, ct).ConfigureAwait(false);
        if (run is { IsSuccess: true, OutputFile: { } assembly })
            return new PreparedCode(Program(sdk, assembly, limits));
        if (run.IsFault) return Failed(run);
        var messages = run.StandardOutput.Split('\n');
        if (messages.FirstOrDefault(line => line.Contains("error CS", StringComparison.Ordinal)) is { } error) return Failed(run with { StandardError = error });
        // It did not say what is wrong with the code. It may be the compiler that does not work here, and then every answer would be wrong.
        var smallest = await CompileAsync(sdk, "class P { static void Main() { } }", false, sandbox, ct).ConfigureAwait(false);
        return Failed(smallest.IsSuccess ? run : SandboxResult.Fault(SandboxStatus.Failed, $"the C# compiler does not work in the sandbox: {RunWords.Of(smallest)} {smallest.StandardOutput}"));
    }

    public SandboxProgram Examiner(string test, string verdict, IReadOnlyList<string> names, SandboxLimits limits) =>
        throw new NotSupportedException("Test code in C# is not run; give cases of inputs and outputs, or of arguments and results.");

    private static PreparedCode Failed(SandboxResult compilation) => new((SandboxProgram?)null) { Compilation = compilation };

    private static ValueTask<SandboxResult> CompileAsync(DotnetSdk sdk, string code, bool callable, ISandbox sandbox, CancellationToken ct)
    {
        Dictionary<string, ReadOnlyMemory<byte>> files = new()
        {
            ["Solution.cs"] = Encoding.UTF8.GetBytes(code),
            ["Imports.cs"] = Encoding.UTF8.GetBytes(string.Concat(Imports.Select(name => $"global using {name};\n"))),
        };
        if (callable) files["Host.cs"] = Encoding.UTF8.GetBytes(CodeScripts.CSharpHost);
        List<string> arguments = ["-nologo", "-target:exe", "-out:solution.dll", "-nostdlib+", "-optimize+", "-unsafe-", "-deterministic+", "-warn:0", "-langversion:latest"];
        if (callable) arguments.Add("-main:KdRlHost.Program");
        arguments.AddRange(files.Keys);
        arguments.AddRange(Directory.EnumerateFiles(sdk.Framework, "*.dll").Order(StringComparer.Ordinal).Select(path => $"-r:{path}"));
        files["compile.rsp"] = Encoding.UTF8.GetBytes(string.Join('\n', arguments));
        return sandbox.RunAsync(new SandboxProgram([sdk.Dotnet, "exec", sdk.Compiler, "-noconfig", "@compile.rsp"], files, CompilerLimits) { OutputFile = "solution.dll", ReservesAddressSpace = true }, ct);
    }

    private static SandboxProgram Program(DotnetSdk sdk, ReadOnlyMemory<byte> assembly, SandboxLimits limits)
    {
        var version = sdk.RuntimeVersion;
        // The collector otherwise reserves and takes by the size of the machine.
        var settings = JsonSerializer.Serialize(new
        {
            runtimeOptions = new
            {
                framework = new { name = "Microsoft.NETCore.App", version = $"{version.Major}.{version.Minor}.0" },
                configProperties = new Dictionary<string, object>
                {
                    ["System.GC.Concurrent"] = false,
                    ["System.GC.HeapHardLimit"] = limits.MemoryBytes / 2,
                    ["System.Globalization.Invariant"] = true,
                },
            },
        });
        return new SandboxProgram(
            [sdk.Dotnet, "exec", "solution.dll"],
            new Dictionary<string, ReadOnlyMemory<byte>> { ["solution.dll"] = assembly, ["solution.runtimeconfig.json"] = Encoding.UTF8.GetBytes(settings) },
            limits)
        { ReservesAddressSpace = true };
    }
}
