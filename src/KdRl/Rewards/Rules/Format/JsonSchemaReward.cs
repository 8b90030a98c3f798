using System.Text.Json;
using Json.Schema;

namespace KdRl.Rewards;

/// <summary>1 for an answer that is one JSON value valid under a schema, else 0.</summary>
/// <remarks>
/// JSON Schema draft 2020-12 by the package JsonSchema.Net. The reasoning is cut off first (<see cref="ReasoningSplit"/>). <c>pattern</c>
/// runs in a linear engine; <c>format</c> is not checked; <c>patternProperties</c>, <c>$schema</c> of another draft and references to
/// other documents are refused. Parts: <c>parsed</c> and <c>valid</c>.
/// </remarks>
public sealed class JsonSchemaReward : IReward
{
    private static readonly Dialect Draft = Dialect.Draft202012.With([new LinearPatternKeyword()]);
    private readonly JsonSchema schema;
    private readonly int maxLength;

    /// <summary>Makes the reward.</summary>
    /// <param name="schema">The schema, as JSON.</param>
    /// <param name="maxLength">The most characters of an answer that are parsed; a longer one scores 0.</param>
    /// <exception cref="ArgumentException">The schema is not one, or uses what is refused.</exception>
    public JsonSchemaReward(string schema, int maxLength = JsonFormat.DefaultMaxLength)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        this.maxLength = maxLength;
        this.schema = Build(schema);
    }

    /// <inheritdoc/>
    public string Name => "json_schema";

    /// <inheritdoc/>
    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        var parsed = JsonFormat.TryParse(ReasoningSplit.Parse(request.Response).Answer, out var document, maxLength);
        using (document)
        {
            var valid = parsed && IsValid(document!.RootElement);
            return ValueTask.FromResult(RewardOutcome.Scored(valid ? 1 : 0) with
            {
                Parts = new Dictionary<string, double> { ["parsed"] = parsed ? 1 : 0, ["valid"] = valid ? 1 : 0 },
            });
        }
    }

    private bool IsValid(JsonElement answer)
    {
        try
        {
            return schema.Evaluate(answer).IsValid;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped: it parses, but no string can be read from it.
            return false;
        }
    }

    private static JsonSchema Build(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (Refused(document.RootElement) is { } reason) throw new ArgumentException($"The schema {reason}", nameof(text));
            return JsonSchema.Build(document.RootElement.Clone(), new BuildOptions { Dialect = Draft, SchemaRegistry = new SchemaRegistry() });
        }
        catch (Exception e) when (e is JsonException or JsonSchemaException or UriFormatException)
        {
            throw new ArgumentException($"The schema cannot be used: {e.Message}", nameof(text), e);
        }
    }

    /// <summary>What a schema uses that cannot be had; null when nothing.</summary>
    private static string? Refused(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().Select(Refused).FirstOrDefault(r => r is not null),
        JsonValueKind.Array => schema.EnumerateArray().Select(Refused).FirstOrDefault(r => r is not null),
        _ => null,
    };

    private static string? Refused(JsonProperty keyword) => (keyword.Name, keyword.Value.ValueKind, Text: keyword.Value.ToString()) switch
    {
        // Values, not schemas.
        ("const" or "enum" or "default" or "examples", _, _) => null,
        // Names chosen by the author, each with a schema.
        ("properties" or "$defs" or "dependentSchemas", JsonValueKind.Object, _) =>
            keyword.Value.EnumerateObject().Select(p => Refused(p.Value)).FirstOrDefault(r => r is not null),
        ("patternProperties", _, _) => "uses patternProperties; expected properties with names.",
        ("$schema", _, not "https://json-schema.org/draft/2020-12/schema") => $"names the draft {keyword.Value}; expected 2020-12, or none.",
        ("$ref" or "$dynamicRef", _, ['#', ..]) => null,
        ("$ref" or "$dynamicRef", _, _) => $"refers to {keyword.Value}; expected a place in the same document (#…).",
        _ => Refused(keyword.Value),
    };
}
