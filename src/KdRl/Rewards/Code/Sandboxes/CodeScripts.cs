namespace KdRl.Rewards.Code;

/// <summary>The scripts beside the code, compiled into the library.</summary>
internal static class CodeScripts
{
    public static string Supervisor { get; } = Read("supervisor.py");

    public static string PythonHost { get; } = Read("words.py") + Read("host.py");

    public static string PythonExaminer { get; } = Read("words.py") + Read("examiner.py");

    public static string JavaScriptHost { get; } = Read("words.js") + Read("host.js");

    public static string JavaScriptExaminer { get; } = Read("words.js") + Read("examiner.js");

    public static string CSharpHost { get; } = Read("host.csharp");

    /// <summary>Scripts that a supervisor compiles once: name, source, name, source.</summary>
    public static string[] Prepared { get; } = ["host.py", PythonHost, "examiner.py", PythonExaminer];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(CodeScripts).Assembly.GetManifestResourceStream($"KdRl.Code.{name}")!);
        return reader.ReadToEnd();
    }
}
