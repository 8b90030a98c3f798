namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Arithmetic, concatenation, membership and slices, by Python's rules; whole numbers have 64 bits and do not wrap.</summary>
internal static class TemplateOperators
{
    public static object? Unary(TemplateRun run, string symbol, object? value)
    {
        if (symbol == "not") return !TemplateValues.IsTrue(value);
        if (TemplateValues.Integer(value) is { } whole) return symbol == "-" ? Checked(run, () => checked(-whole)) : whole;
        return TemplateValues.Number(value) is { } number ? (symbol == "-" ? -number : number) : throw Unfit(run, symbol, value, value);
    }

    public static object? Binary(TemplateRun run, string symbol, object? a, object? b)
    {
        if (symbol == "~") return Join(run, TemplateText.Of(run, a), TemplateText.Of(run, b));
        if (a is Undefined or string or IReadOnlyList<object?> || b is Undefined or string or IReadOnlyList<object?>) return OfSequences(run, symbol, a, b);
        if (TemplateValues.Integer(a) is { } i && TemplateValues.Integer(b) is { } j && symbol != "/") return Whole(run, symbol, i, j);
        if (TemplateValues.Number(a) is not { } x || TemplateValues.Number(b) is not { } y) throw Unfit(run, symbol, a, b);
        if (y == 0 && symbol is "/" or "//" or "%" && y == 0) throw run.Fail("division by zero");
        return symbol switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => Math.Floor(x / y),
            "%" => x - y * Math.Floor(x / y),
            _ => Math.Pow(x, y),
        };
    }

    /// <summary><c>in</c>.</summary>
    public static bool Contains(TemplateRun run, object? container, object? item)
    {
        switch (container)
        {
            case string text:
                if (item is not string part) throw run.Fail($"'in' looks for {TemplateValues.Kind(item)} in a string; expected a string");
                run.Search(text, part);
                return text.Contains(part, StringComparison.Ordinal);
            case TemplateMap map:
                run.Read(item);
                return item is string key && map.ContainsKey(key);
            case TemplateIterator iterator:
                while (iterator.TryNext(out var next))
                    if (TemplateValues.AreEqual(run, next, item)) return true;
                return false;
            case IReadOnlyList<object?> or Undefined:
                return TemplateValues.Items(run, container).Any(other => TemplateValues.AreEqual(run, other, item));
            default:
                throw run.Fail($"{TemplateValues.Kind(container)} contains nothing");
        }
    }

    /// <summary><c>value[start:stop:step]</c>.</summary>
    public static object? Slice(TemplateRun run, object? value, long? start, long? stop, long? step)
    {
        if (value is Undefined missing) throw run.Fail(missing.Problem);
        if (value is string text && (step ?? 1) == 1 && !TemplateValues.HasPairs(run, text))
        {
            var (from, to) = (Bound(start, text.Length, 0, text.Length, 0), Bound(stop, text.Length, 0, text.Length, text.Length));
            return run.Made(from < to ? text[(int)from..(int)to] : "");
        }
        if (value is not (string or IReadOnlyList<object?>)) throw run.Fail($"{TemplateValues.Kind(value)} has no slices");
        var (items, by) = (TemplateValues.Items(run, value), step ?? 1);
        if (by == 0) throw run.Fail("the step of a slice is zero");
        var (low, high) = by > 0 ? (0L, (long)items.Count) : (-1L, items.Count - 1L);
        var end = Bound(stop, items.Count, low, high, by > 0 ? high : low);
        var taken = new List<object?>();
        // The step may have 64 bits, and so no place beside the index.
        for (Int128 at = Bound(start, items.Count, low, high, by > 0 ? low : high); by > 0 ? at < end : at > end; at += by)
        {
            run.Step();
            taken.Add(items[(int)at]);
        }
        return value switch
        {
            string => run.Made(string.Concat(taken)),
            object?[] => taken.ToArray(),
            _ => taken,
        };
    }

    private static long Bound(long? index, int count, long low, long high, long other) => index is not { } i ? other : Math.Clamp(i < 0 ? i + count : i, low, high);

    private static object? OfSequences(TemplateRun run, string symbol, object? a, object? b)
    {
        if (a is Undefined or TemplateFunction || b is Undefined) throw run.Fail(((a as Undefined) ?? (Undefined)b!).Problem);
        switch (symbol, a, b)
        {
            case ("+", string left, string right):
                return Join(run, left, right);
            case ("+", List<object?> left, List<object?> right):
                run.Step(left.Count + right.Count);
                return left.Concat(right).ToList();
            case ("+", object?[] left, object?[] right):
                run.Step(left.Length + right.Length);
                return left.Concat(right).ToArray();
            case ("*", string text, _) when TemplateValues.Integer(b) is { } times:
                return Repeat(run, text, times);
            case ("*", _, string text) when TemplateValues.Integer(a) is { } times:
                return Repeat(run, text, times);
            case ("%", string, _):
                throw run.Fail("formatting a string with '%' is not supported");
            default:
                throw Unfit(run, symbol, a, b);
        }
    }

    private static string Repeat(TemplateRun run, string text, long times)
    {
        if (times <= 0 || text.Length == 0) return "";
        run.Characters(times > TemplateRun.MaxCharacters ? times : times * text.Length);
        return string.Concat(Enumerable.Repeat(text, (int)times));
    }

    private static string Join(TemplateRun run, string left, string right)
    {
        run.Characters((long)left.Length + right.Length);
        return left + right;
    }

    private static object Whole(TemplateRun run, string symbol, long a, long b)
    {
        if (b == 0 && symbol is "//" or "%" && b == 0) throw run.Fail("division by zero");
        return symbol switch
        {
            "+" => Checked(run, () => checked(a + b)),
            "-" => Checked(run, () => checked(a - b)),
            "*" => Checked(run, () => checked(a * b)),
            "//" => Checked(run, () => checked(a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0)),
            "%" => b == -1 ? 0L : (a % b + b) % b,
            _ => Power(run, a, b),
        };
    }

    private static object Power(TemplateRun run, long a, long b)
    {
        if (b < 0) return Math.Pow(a, b);
        if (b > 64 && a is not (0 or 1 or -1)) throw run.Fail("a whole number does not fit 64 bits");
        var result = 1L;
        for (var i = a is -1 ? b % 2 : Math.Min(b, 64); i > 0; i--) result = Checked(run, () => checked(result * a));
        return result;
    }

    private static long Checked(TemplateRun run, Func<long> compute)
    {
        try
        {
            return compute();
        }
        catch (OverflowException)
        {
            throw run.Fail("a whole number does not fit 64 bits");
        }
    }

    private static TemplateException Unfit(TemplateRun run, string symbol, object? a, object? b) =>
        run.Fail($"'{symbol}' does not fit {TemplateValues.Kind(a)} and {TemplateValues.Kind(b)}");
}
