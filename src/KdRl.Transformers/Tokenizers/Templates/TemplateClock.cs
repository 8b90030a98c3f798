using System.Globalization;
using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>The function <c>strftime_now</c> of a time that stands still, so that a text depends on its input alone.</summary>
internal static class TemplateClock
{
    // Python's directives in the C locale; with "-" (glibc) without leading zeros.
    private static readonly Dictionary<string, string> Formats = new()
    {
        ["Y"] = "yyyy", ["y"] = "yy", ["m"] = "MM", ["d"] = "dd", ["B"] = "MMMM", ["b"] = "MMM", ["A"] = "dddd", ["a"] = "ddd", ["H"] = "HH", ["I"] = "hh", ["M"] = "mm", ["S"] = "ss", ["p"] = "tt",
        ["F"] = "yyyy-MM-dd", ["T"] = "HH:mm:ss", ["-m"] = "%M", ["-d"] = "%d", ["-H"] = "%H", ["-I"] = "%h", ["-M"] = "%m", ["-S"] = "%s",
    };

    public static TemplateFunction At(DateTime now) => new("strftime_now", arguments => arguments.Run.Made(Format(arguments, now)));

    private static string Format(Arguments arguments, DateTime now)
    {
        var (format, result) = (arguments.Expect(1, "format").Text(0, "format") ?? "", new StringBuilder());
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                result.Append(format[i]);
                continue;
            }
            var length = i + 1 < format.Length && format[i + 1] == '-' ? 2 : 1;
            var directive = format[(i + 1)..Math.Min(format.Length, i + 1 + length)];
            i += length;
            result.Append(directive == "%" ? "%" : directive == "j" ? $"{now.DayOfYear:000}" : Formats.TryGetValue(directive, out var known) ? now.ToString(known, CultureInfo.InvariantCulture)
                : throw arguments.Run.Fail($"'strftime_now' does not support '%{directive}'"));
        }
        return result.ToString();
    }
}
