using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>
/// Compares what a function returned with what was expected. Kinds must agree: true is not 1, "1" is not 1. Whole numbers are equal exactly, of
/// any size; where a decimal was expected, within 1e-6, absolute or relative. Lists and tuples are ordered and are the same thing, since JSON
/// has one of them; the keys of a dictionary are compared as text, for the same reason; a set is equal to nothing.
/// </summary>
public static class ValueComparer
{
    private const int MaxDigits = 10_000;

    /// <summary>Whether a value is right.</summary>
    /// <param name="expected">What was expected: plain JSON.</param>
    /// <param name="actual">What a host replied: JSON, where an object with one key that begins with $ is a value that JSON lacks (see host.py).</param>
    public static bool AreEqual(JsonElement expected, JsonElement actual)
    {
        if (Unwrap(actual) is not { } value) return expected.ValueKind == JsonValueKind.Null && IsMissing(actual);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Number:
                return value.ValueKind == JsonValueKind.Number && NumbersAreEqual(expected.GetRawText(), value.GetRawText());
            case JsonValueKind.String:
                return value.ValueKind == JsonValueKind.String && expected.GetString() == value.GetString();
            case JsonValueKind.Array:
                return value.ValueKind == JsonValueKind.Array && expected.GetArrayLength() == value.GetArrayLength()
                    && expected.EnumerateArray().Zip(value.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second));
            case JsonValueKind.Object:
                return Entries(actual) is { } entries && entries.Count == expected.EnumerateObject().Count()
                    && expected.EnumerateObject().All(p => entries.TryGetValue(p.Name, out var item) && AreEqual(p.Value, item));
            default:
                return expected.ValueKind == value.ValueKind;
        }
    }

    /// <summary>A tuple is its items, a large whole number its digits; other values as they are. Null for what JSON has no word for.</summary>
    private static JsonElement? Unwrap(JsonElement actual)
    {
        if (actual.ValueKind != JsonValueKind.Object) return actual;
        if (Tagged(actual, "$tuple") is { ValueKind: JsonValueKind.Array } tuple) return tuple;
        if (Tagged(actual, "$int") is { ValueKind: JsonValueKind.String } digits && IsInteger(digits.GetString()!)) return JsonElement.Parse(digits.GetString()!);
        return Tagged(actual, "$dict") is not null ? actual : null;
    }

    private static bool IsMissing(JsonElement actual) => Tagged(actual, "$undefined") is not null;

    private static JsonElement? Tagged(JsonElement element, string tag) => element.TryGetProperty(tag, out var value) ? value : null;

    private static Dictionary<string, JsonElement>? Entries(JsonElement actual)
    {
        if (Tagged(actual, "$dict") is not { ValueKind: JsonValueKind.Array } pairs) return null;
        Dictionary<string, JsonElement> entries = [];
        foreach (var pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2) return null;
            var key = pair[0].ValueKind == JsonValueKind.String ? pair[0].GetString()! : pair[0].GetRawText();
            if (!entries.TryAdd(key, pair[1])) return null;
        }
        return entries;
    }

    private static bool NumbersAreEqual(string expected, string actual)
    {
        if (expected == actual) return true;
        if (expected.Length > MaxDigits || actual.Length > MaxDigits) return false;
        if (IsInteger(expected) && IsInteger(actual)) return BigInteger.Parse(expected) == BigInteger.Parse(actual);
        var (wanted, returned) = (double.Parse(expected), double.Parse(actual));
        // A whole number was expected: 3.0 is one, 3.0000001 is not.
        return double.IsFinite(wanted) && double.IsFinite(returned) && (IsInteger(expected) ? wanted == returned : OutputComparer.AreClose(wanted, returned));
    }

    private static bool IsInteger(string text) => BigInteger.TryParse(text.Length > MaxDigits ? "" : text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
}
