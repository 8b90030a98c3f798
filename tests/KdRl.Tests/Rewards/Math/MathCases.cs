using KdRl.Rewards;
using KdRl.TestSupport;

namespace KdRl.Tests.Rewards;

/// <summary>Labelled cases in text files, one for each kind; the README.md beside them says how they are written.</summary>
internal static class MathCases
{
    /// <summary>Answers in a box.</summary>
    public const string Equivalence = "Equivalence";

    /// <summary>Whole responses.</summary>
    public const string Extraction = "Extraction";

    /// <summary>The kinds in a folder.</summary>
    public static IEnumerable<string> Kinds(string folder) => Directory.GetFiles(Folder(folder), "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    /// <summary>The cases of one kind, with escapes resolved.</summary>
    public static IEnumerable<(string Reference, string Answer, string Verdict)> Read(string folder, string kind) =>
        from line in File.ReadLines(Path.Combine(Folder(folder), kind + ".txt"))
        let parts = line.Split('|').Select(Unescape).ToArray()
        select parts.Length == 3 ? (parts[0], parts[1], parts[2]) : throw new InvalidDataException($"{folder}/{kind}: '{line}' has {parts.Length} parts; expected 3.");

    /// <summary>The cases of all kinds.</summary>
    public static IEnumerable<(string Reference, string Answer, string Verdict)> Read(string folder) => Kinds(folder).SelectMany(k => Read(folder, k));

    private static string Folder(string name) => Repository.Path("tests", "KdRl.Tests", "Rewards", "Math", name);

    /// <summary>"both" when both presets find the answer correct, "lenient" or "strict" when only one does, else "none".</summary>
    public static string Verdict(string reference, string response)
    {
        var strict = MathVerifier.Verify(reference, response).IsCorrect;
        var lenient = MathVerifier.Verify(reference, response, MathVerifierOptions.Lenient).IsCorrect;
        return (strict, lenient) switch { (true, true) => "both", (false, true) => "lenient", (true, false) => "strict", _ => "none" };
    }

    private static string Unescape(string text) =>
        text.Trim().Replace(@"\vert", "|").Replace(@"\u200b", "\u200b").Replace(@"\u202e", "\u202e").Replace('⏎', '\n');
}
