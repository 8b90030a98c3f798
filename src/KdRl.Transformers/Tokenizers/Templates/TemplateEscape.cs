using System.Globalization;
using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Escape sequences in a template's strings; they are Python's.</summary>
internal static class TemplateEscape
{
    private const string Letters = "ntr\\'\"abfv", Values = "\n\t\r\\'\"\a\b\f\v";

    /// <summary>Appends what the sequence stands for.</summary>
    /// <param name="source">The template.</param>
    /// <param name="at">The character after the backslash.</param>
    /// <param name="value">Where to.</param>
    /// <returns>The last character of the sequence.</returns>
    public static int Read(string source, int at, StringBuilder value)
    {
        var letter = Letters.IndexOf(source[at], StringComparison.Ordinal);
        if (letter >= 0)
        {
            value.Append(Values[letter]);
            return at;
        }
        if (source[at] == '\n') return at;
        if (source[at] is >= '0' and <= '7')
        {
            var (code, end) = (0, at);
            while (end < Math.Min(at + 3, source.Length) && source[end] is >= '0' and <= '7') code = code * 8 + source[end++] - '0';
            value.Append((char)code);
            return end - 1;
        }
        var digits = source[at] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && at + digits < source.Length
            && int.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point)
            && point is >= 0 and <= 0x10FFFF)
        {
            // Half a surrogate pair is not text; it becomes U+FFFD.
            value.Append(Rune.TryCreate(point, out var rune) ? rune.ToString() : "\uFFFD");
            return at + digits;
        }
        value.Append('\\').Append(source[at]);
        return at;
    }
}
