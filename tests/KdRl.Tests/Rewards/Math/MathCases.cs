using KdRl.Rewards;
using KdRl.TestSupport;

namespace KdRl.Tests.Rewards;

/// <summary>Labelled cases in a text file: kind | reference | answer or response | which presets say equal.</summary>
internal static class MathCases
{
    /// <summary>The cases of a file, with escapes resolved.</summary>
    public static IEnumerable<(string Kind, string Reference, string Answer, string Verdict)> Read(string name) =>
        from line in File.ReadLines(Repository.Path("tests", "KdRl.Tests", "Rewards", "Math", name))
        where line.Length > 0 && line[0] != '#'
        let parts = line.Split('|').Select(Unescape).ToArray()
        select parts.Length == 4 ? (parts[0], parts[1], parts[2], parts[3]) : throw new InvalidDataException($"{name}: '{line}' has {parts.Length} parts; expected 4.");

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
