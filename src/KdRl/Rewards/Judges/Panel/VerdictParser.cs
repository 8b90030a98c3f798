using System.Text;
using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>Finds the verdict in a judge's reply. Linear in the reply; accepts exactly the object that was asked for.</summary>
internal static class VerdictParser
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 1 };

    /// <summary>
    /// Reads the last flat JSON object that carries the nonce, after the judge's own reasoning. Objects without the nonce are quotations
    /// and do not count; two valid verdicts that differ cancel each other.
    /// </summary>
    public static JudgeVerdict Parse(string reply, string nonce, IReadOnlyList<JudgeField> fields, int maxCharacters)
    {
        if (reply.Length > maxCharacters) return Nothing($"the reply has {reply.Length} characters; expected at most {maxCharacters}");
        var split = ReasoningSplit.Parse(reply);
        if (split.Unfinished) return Nothing("the judge did not finish thinking");
        var text = split.Answer.AsSpan();

        JudgeVerdict? last = null, valid = null;
        foreach (var candidate in FlatObjects(text))
        {
            var span = text[candidate];
            if (!span.Contains(nonce, StringComparison.Ordinal)) continue;
            last = Read(span, nonce, fields);
            if (last.Values is null) continue;
            if (valid is not null && !Same(valid.Values!, last.Values)) return Nothing("the reply has two verdicts that differ");
            valid = last;
        }
        return last ?? Nothing(text.IsWhiteSpace() ? "the reply is empty" : "the reply has no verdict with the request's code");
    }

    /// <summary>Spans from a brace to the next closing one with no other brace between: verdicts are flat.</summary>
    private static List<Range> FlatObjects(ReadOnlySpan<char> text)
    {
        var found = new List<Range>();
        var start = -1;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '{') start = i;
            else if (text[i] == '}' && start >= 0)
            {
                found.Add(start..(i + 1));
                start = -1;
            }
        }
        return found;
    }

    private static JudgeVerdict Read(ReadOnlySpan<char> json, string nonce, IReadOnlyList<JudgeField> fields)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(json)];
        Encoding.UTF8.GetBytes(json, bytes);
        try
        {
            return Read(new Utf8JsonReader(bytes, Strict), nonce, fields);
        }
        catch (JsonException e)
        {
            return Nothing($"the verdict is not JSON: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            // A string with a broken surrogate escape or invalid UTF-8.
            return Nothing($"the verdict is not JSON: {e.Message}");
        }
    }

    private static JudgeVerdict Read(Utf8JsonReader reader, string nonce, IReadOnlyList<JudgeField> fields)
    {
        var values = new Dictionary<string, double>();
        var signed = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == JudgeQuestion.NonceKey)
            {
                if (signed || reader.TokenType != JsonTokenType.String || reader.GetString() != nonce) return Nothing("the verdict does not repeat the request's code once");
                signed = true;
                continue;
            }
            if (fields.FirstOrDefault(f => f.Name == name) is not { } field) return Nothing($"the verdict has an unknown key '{CallFault.OneLine(name)}'");
            if (field.Read(ref reader) is not { } value) return Nothing($"the verdict's '{name}' is not {field.Format}");
            if (!values.TryAdd(name, value)) return Nothing($"the verdict has '{name}' twice");
        }
        if (!signed) return Nothing("the verdict does not repeat the request's code");
        return fields.FirstOrDefault(f => !values.ContainsKey(f.Name)) is { } missing
            ? Nothing($"the verdict lacks '{missing.Name}'")
            : new JudgeVerdict(values, null);
    }

    private static bool Same(IReadOnlyDictionary<string, double> a, IReadOnlyDictionary<string, double> b) => a.All(entry => b[entry.Key] == entry.Value);

    private static JudgeVerdict Nothing(string problem) => new(null, problem);
}
