using System.Buffers.Text;
using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>One entry of the verdict: an integer of a range, or one of several words, which count from 0.</summary>
internal sealed record JudgeField
{
    private readonly IReadOnlyList<string>? choices;

    private JudgeField(string name, int minimum, int maximum, IReadOnlyList<string>? choices) =>
        (Name, Minimum, Maximum, this.choices) = (name, minimum, maximum, choices);

    public string Name { get; }

    public int Minimum { get; }

    public int Maximum { get; }

    /// <summary>What the judge is told to put here.</summary>
    public string Format => choices is null ? $"<integer from {Minimum} to {Maximum}>" : $"<one of {string.Join(", ", choices.Select(c => $"\"{c}\""))}>";

    public static JudgeField Integer(string name, int minimum, int maximum) => new(name, minimum, maximum, null);

    public static JudgeField Choice(string name, IReadOnlyList<string> choices) => new(name, 0, choices.Count - 1, choices);

    /// <summary>The value that stands at the reader, or null when it is not allowed here.</summary>
    public int? Read(ref Utf8JsonReader reader)
    {
        if (choices is null) return reader.TokenType == JsonTokenType.Number && Integer(reader.ValueSpan) is { } number && number >= Minimum && number <= Maximum ? number : null;
        if (reader.TokenType != JsonTokenType.String) return null;
        var word = reader.GetString();
        for (var i = 0; i < choices.Count; i++)
            if (choices[i] == word) return i;
        return null;
    }

    /// <summary>An integer, which models also write as 7.0; null for everything else, 7e0 and what is too small to be told from 0 included.</summary>
    private static int? Integer(ReadOnlySpan<byte> written)
    {
        var point = written.IndexOf((byte)'.');
        if (point >= 0 && written[(point + 1)..].IndexOfAnyExcept((byte)'0') < 0) written = written[..point];
        return Utf8Parser.TryParse(written, out int number, out var read) && read == written.Length ? number : null;
    }
}
