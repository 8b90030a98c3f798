using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>
/// Python's rules for the values of a template: null (None), bool, long, double, string, <see cref="List{T}"/> (list), array
/// (tuple), <see cref="TemplateMap"/> (dict), <see cref="TemplateNamespace"/>, <see cref="TemplateFunction"/>, <see cref="Undefined"/>.
/// </summary>
internal static class TemplateValues
{
    /// <summary>The value of a JSON document.</summary>
    public static object? From(JsonNode? node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (node)
        {
            case null:
                return null;
            case JsonArray list:
                return list.Select(From).ToList();
            case JsonObject fields:
                var map = new TemplateMap();
                foreach (var (name, value) in fields) map[name] = From(value);
                return map;
        }
        switch (node.GetValueKind())
        {
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.String:
                return node.AsValue().TryGetValue<string>(out var text) ? text : node.ToString();
            default:
                var number = node.ToJsonString();
                return long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? (object)whole : double.Parse(number, CultureInfo.InvariantCulture);
        }
    }

    public static string Kind(object? value) => value switch
    {
        null => "none",
        bool => "a boolean",
        long => "an integer",
        double => "a float",
        string => "a string",
        object?[] => "a tuple",
        List<object?> => "a list",
        TemplateMap => "a mapping",
        Undefined => "undefined",
        TemplateFunction function => $"the function '{function.Name}'",
        TemplateIterator => "a generator (what 'map', 'select' and the like give; '| list' makes a list of it)",
        _ => "an object",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    /// <summary>Whole numbers; booleans count as 0 and 1.</summary>
    public static long? Integer(object? value) => value switch { long number => number, bool flag => flag ? 1 : 0, _ => null };

    public static double? Number(object? value) => value is double number ? number : Integer(value);

    public static bool AreEqual(TemplateRun run, object? a, object? b)
    {
        run.GuardDepth();
        if (a is string left && b is string right)
        {
            run.Step(Math.Min(left.Length, right.Length) / 64);
            return left == right;
        }
        if (Integer(a) is { } x && Integer(b) is { } y) return x == y;
        if (Number(a) is { } p && Number(b) is { } q) return p == q;
        return (a, b) switch
        {
            (null, null) or (Undefined, Undefined) => true,
            (List<object?>, List<object?>) or (object?[], object?[]) => AreEqual(run, (IReadOnlyList<object?>)a, (IReadOnlyList<object?>)b),
            (TemplateMap m, TemplateMap n) => m.Count == n.Count && m.All(pair => n.TryGetValue(pair.Key, out var other) && AreEqual(run, pair.Value, other)),
            _ => ReferenceEquals(a, b),
        };
    }

    private static bool AreEqual(TemplateRun run, IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        if (a.Count != b.Count) return false;
        for (var i = 0; i < a.Count; i++)
            if (!AreEqual(run, a[i], b[i])) return false;
        return true;
    }

    /// <summary>Below, equal or above zero; numbers and texts have an order.</summary>
    public static int Compare(TemplateRun run, object? a, object? b)
    {
        run.Step();
        if (Integer(a) is { } i && Integer(b) is { } j) return i.CompareTo(j);
        if (Number(a) is { } x && Number(b) is { } y) return x.CompareTo(y);
        if (a is string s && b is string t)
        {
            run.Step(Math.Min(s.Length, t.Length) / 64);
            return string.CompareOrdinal(s, t);
        }
        if ((a, b) is (List<object?>, List<object?>) or (object?[], object?[])) return Compare(run, (IReadOnlyList<object?>)a, (IReadOnlyList<object?>)b);
        throw run.Fail($"{Kind(a)} and {Kind(b)} have no order");
    }

    /// <summary>The first items that differ decide.</summary>
    private static int Compare(TemplateRun run, IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        run.GuardDepth();
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
            if (!AreEqual(run, a[i], b[i])) return Compare(run, a[i], b[i]);
        return a.Count.CompareTo(b.Count);
    }

    /// <summary>What a loop goes through: items, keys of a mapping, characters of a text.</summary>
    public static IReadOnlyList<object?> Items(TemplateRun run, object? value)
    {
        switch (value)
        {
            case IReadOnlyList<object?> list:
                run.Step(list.Count);
                return list;
            case TemplateMap map:
                run.Step(map.Count);
                return [.. map.Keys];
            case string text:
                run.Step(text.Length);
                return [.. text.EnumerateRunes().Select(rune => rune.ToString())];
            case TemplateIterator iterator:
                var rest = iterator.Rest();
                run.Step(rest.Count);
                return rest;
            case Undefined:
                return [];
            default:
                throw run.Fail($"{Kind(value)} has no items");
        }
    }

    /// <summary>Number of items, or of characters (not of UTF-16 units).</summary>
    public static long? Length(object? value) => value switch
    {
        string text => text.Length - text.AsSpan().CountInRange('\uDC00', '\uDFFF'),
        IReadOnlyList<object?> list => list.Count,
        TemplateMap map => map.Count,
        Undefined => 0,
        _ => null,
    };

    /// <summary>Whether characters of a text take two UTF-16 units.</summary>
    public static bool HasPairs(TemplateRun run, string text)
    {
        run.Read(text);
        return text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
    }

    private static int CountInRange(this ReadOnlySpan<char> text, char low, char high)
    {
        var count = 0;
        for (var at = text.IndexOfAnyInRange(low, high); at >= 0; at = text.IndexOfAnyInRange(low, high))
        {
            count++;
            text = text[(at + 1)..];
        }
        return count;
    }
}
