using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>
/// Bounds what a tokenizer's own replacements make of a text: they come from a file, and a handful that each write two characters for
/// one would fill any memory.
/// </summary>
internal static class TextGrowth
{
    private const int MostSteps = 32, LongestText = 64, Spare = 1024, Most = 16;

    /// <summary>Refuses more steps than any tokenizer has.</summary>
    public static void CheckSteps(JsonFields json, int count)
    {
        if (count > MostSteps) throw json.Bad("type", $"at most {MostSteps} steps in all");
    }

    /// <summary>A text that is written for another; short, so that a single step does not exceed the bound by much.</summary>
    public static string Short(JsonFields json, string key) =>
        json.RequiredText(key) is { Length: <= LongestText } text ? text : throw json.Bad(key, $"at most {LongestText} characters");

    /// <exception cref="InvalidDataException">The text grew beyond all use.</exception>
    public static void Check(string part, long before, long after)
    {
        if (after > Spare + Most * before)
            throw new InvalidDataException($"tokenizer.json: the {part} makes {after} characters of {before}; expected at most {Most} for one and {Spare} more.");
    }
}
