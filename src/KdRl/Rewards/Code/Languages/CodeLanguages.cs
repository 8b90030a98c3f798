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

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ICodeLanguage> All { get; } = [Python, JavaScript];
}
