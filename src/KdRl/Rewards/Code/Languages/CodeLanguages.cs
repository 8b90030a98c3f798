namespace KdRl.Rewards.Code;

/// <summary>The languages that answers may be written in.</summary>
public static class CodeLanguages
{
    /// <summary>Python 3: programs, functions and test code. The standard library only, unless the sandbox allows installed packages.</summary>
    public static ICodeLanguage Python { get; } = new ScriptLanguage(
        "python", ["python", "py", "python3"], ["python3"], "py", CodeScripts.PythonHost, CodeScripts.PythonExaminer, reservesAddressSpace: false);

    /// <summary>
    /// JavaScript on Node.js, which must lie in the system's <c>/usr</c>: programs, functions (promises are awaited) and test code. Objects come
    /// back by value, with the prototype lost; instances of classes stay where they are and can be called.
    /// </summary>
    public static ICodeLanguage JavaScript { get; } = new ScriptLanguage(
        "javascript", ["javascript", "js", "node"], ["node", "--stack-size=3900", "--max-old-space-size=384"], "js", CodeScripts.JavaScriptHost, CodeScripts.JavaScriptExaminer, reservesAddressSpace: true);

    /// <summary>
    /// C#: programs (top-level statements too) and functions (static methods, or methods of a class with a constructor without parameters; tasks
    /// are awaited), not test code. Needs a .NET SDK in the system's <c>/usr</c>; its compiler runs in the sandbox, which takes about a second an
    /// answer. The usual namespaces are imported. <see cref="SandboxLimits.MemoryBytes"/> should be 256 MiB or more, half of it for objects.
    /// </summary>
    public static ICodeLanguage CSharp { get; } = new CSharpLanguage();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ICodeLanguage> All { get; } = [Python, JavaScript, CSharp];
}
