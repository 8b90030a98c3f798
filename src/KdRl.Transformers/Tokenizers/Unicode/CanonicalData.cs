using System.Globalization;

namespace KdRl.Transformers.Tokenizers.Unicode;

/// <summary>
/// Canonical decompositions and combining classes (Unicode Standard Annex 15). .NET has no such data in globalization-invariant
/// mode, where <see cref="string.Normalize()"/> silently returns its input, so the library carries its own.
/// </summary>
internal static class CanonicalData
{
    private static readonly Dictionary<int, (int First, int Second)> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];
    private static readonly bool[] MayChange = new bool[char.MaxValue + 1];

    static CanonicalData()
    {
        using var stream = typeof(CanonicalData).Assembly.GetManifestResourceStream("KdRl.Transformers.canonical.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            if (fields[0] == "D") AddDecomposition(fields);
            else if (fields[0] == "C") AddClass(byte.Parse(fields[1]), Hex(fields[2]), Hex(fields[3]));
        }
        // The vowels and final consonants of Hangul join what stands before them.
        Mark(0x1161, 0x1175);
        Mark(0x11A8, 0x11C2);
        Mark(0xD800, 0xDFFF);
    }

    /// <summary>Whether the character can be another in composed form, or makes one with its neighbours; true for halves of pairs.</summary>
    public static bool MayChangeWhenComposed(char value) => MayChange[value];

    /// <summary>Canonical combining class; 0 for starters.</summary>
    public static byte CombiningClass(int codePoint) => Classes.GetValueOrDefault(codePoint);

    /// <summary>One step of decomposition; the second is -1 where there is only one.</summary>
    public static bool TryDecompose(int codePoint, out (int First, int Second) parts) => Decompositions.TryGetValue(codePoint, out parts);

    /// <summary>The primary composite of two characters.</summary>
    public static bool TryCompose(int first, int second, out int composed) => Compositions.TryGetValue((first, second), out composed);

    private static void AddDecomposition(string[] fields)
    {
        var (codePoint, first) = (Hex(fields[1]), Hex(fields[2]));
        var excluded = fields[^1] == "x";
        var second = fields.Length - (excluded ? 1 : 0) > 3 ? Hex(fields[3]) : -1;
        Decompositions.Add(codePoint, (first, second));
        if (excluded)
        {
            Mark(codePoint, codePoint);
            return;
        }
        Compositions.Add((first, second), codePoint);
        Mark(second, second);
    }

    private static void AddClass(byte value, int first, int last)
    {
        for (var c = first; c <= last; c++) Classes.Add(c, value);
        Mark(first, last);
    }

    private static void Mark(int first, int last)
    {
        for (var c = first; c <= Math.Min(last, char.MaxValue); c++) MayChange[c] = true;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
