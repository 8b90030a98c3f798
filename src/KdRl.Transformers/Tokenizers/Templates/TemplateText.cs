using System.Globalization;
using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Values as text: as they are printed (<c>str</c>), and inside of lists (<c>repr</c>).</summary>
internal static class TemplateText
{
    /// <summary>Python's <c>str</c>.</summary>
    public static string Of(TemplateRun run, object? value)
    {
        if (value is string text) return text;
        if (value is Undefined) return "";
        var output = new StringBuilder();
        Represent(run, value, output);
        return run.Made(output.ToString());
    }

    private static void Represent(TemplateRun run, object? value, StringBuilder output)
    {
        run.GuardDepth();
        switch (value)
        {
            case Undefined:
                output.Append("Undefined");
                break;
            case null:
                output.Append("None");
                break;
            case bool flag:
                output.Append(flag ? "True" : "False");
                break;
            case long number:
                output.Append(number);
                break;
            case double number:
                output.Append(Float(number));
                break;
            case string text:
                Quote(run, text, output);
                break;
            case IReadOnlyList<object?> list:
                var isTuple = list is object?[];
                output.Append(isTuple ? '(' : '[');
                for (var i = 0; i < list.Count; i++) Represent(run, list[i], i == 0 ? output : output.Append(", "));
                output.Append(isTuple ? (list.Count == 1 ? ",)" : ")") : "]");
                break;
            case TemplateMap map:
                output.Append('{');
                var isFirst = true;
                foreach (var (key, item) in map)
                {
                    Quote(run, key, isFirst ? output : output.Append(", "));
                    Represent(run, item, output.Append(": "));
                    isFirst = false;
                }
                output.Append('}');
                break;
            default:
                throw run.Fail($"{TemplateValues.Kind(value)} has no text");
        }
    }

    /// <summary>Python's shortest text that reads back as the number.</summary>
    public static string Float(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal) is var found and >= 0 ? found : parts[0].Length;
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.Trim('0');
        // The first digit stands for 10 to this power.
        var exponent = digits.Length == 0 ? 0 : point - 1 - (all.Length - all.TrimStart('0').Length) + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        var sign = double.IsNegative(value) ? "-" : "";
        if (exponent is < -4 or >= 16) return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        var whole = exponent < 0 ? "0" : digits.PadRight(exponent + 1, '0')[..(exponent + 1)];
        var fraction = exponent < 0 ? new string('0', -exponent - 1) + digits : digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "0";
        return $"{sign}{whole}.{fraction}";
    }

    private static void Quote(TemplateRun run, string text, StringBuilder output)
    {
        run.Characters(text.Length);
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote);
        Span<char> pair = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            var letter = rune.Value == quote || rune.Value == '\\' ? (char)rune.Value : rune.Value switch { '\n' => 'n', '\r' => 'r', '\t' => 't', _ => '\0' };
            if (letter == '\0' && IsPrintable(rune))
            {
                output.Append(pair[..rune.EncodeToUtf16(pair)]);
                continue;
            }
            // The longest is \U0001f600 for two characters.
            run.Characters(8);
            if (letter != '\0') output.Append('\\').Append(letter);
            else output.Append(rune.Value <= 0xFF ? $"\\x{rune.Value:x2}" : rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
        }
        output.Append(quote);
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
