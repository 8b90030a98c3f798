using System.Globalization;

namespace KdRl.Rewards.Code;

/// <summary>
/// Compares what a program wrote with what was expected: line by line, without trailing blanks and trailing empty lines. Lines that differ are
/// compared word by word, where an expected word with a decimal point or exponent is a number: equal within 1e-6, absolute or relative.
/// </summary>
public static class OutputComparer
{
    internal const double Tolerance = 1e-6;

    /// <summary>Whether the output is right. Line counts must agree; order counts.</summary>
    /// <param name="expected">What was expected.</param>
    /// <param name="actual">What the program wrote.</param>
    public static bool AreEqual(string expected, string actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        var (wanted, written) = (Lines(expected), Lines(actual));
        return wanted.Length == written.Length && wanted.Zip(written).All(pair => LinesAreEqual(pair.First, pair.Second));
    }

    /// <summary>Whether two numbers are equal within 1e-6, absolute or relative to the expected one.</summary>
    internal static bool AreClose(double expected, double actual) =>
        expected.Equals(actual) || Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected));

    private static string[] Lines(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd()).ToArray();
        var end = Array.FindLastIndex(lines, line => line.Length > 0);
        return lines[..(end + 1)];
    }

    private static bool LinesAreEqual(string expected, string actual)
    {
        if (expected == actual) return true;
        var (wanted, written) = (Words(expected), Words(actual));
        return wanted.Length == written.Length && wanted.Zip(written).All(pair => WordsAreEqual(pair.First, pair.Second));
    }

    private static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool WordsAreEqual(string expected, string actual) =>
        expected == actual || (expected.AsSpan().ContainsAny('.', 'e', 'E') && Number(expected) is { } wanted && Number(actual) is { } written && AreClose(wanted, written));

    /// <summary>A finite number; words such as nan are words.</summary>
    private static double? Number(string word) =>
        double.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
