using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace KdRl.Rewards;

/// <summary>The <c>pattern</c> keyword of JSON Schema in an engine that is linear in the string: a response must not stall it.</summary>
internal sealed class LinearPatternKeyword : PatternKeyword
{
    /// <exception cref="JsonSchemaException">The pattern needs backtracking (a lookaround, a back reference) or is none.</exception>
    public override object? ValidateKeywordValue(JsonElement value)
    {
        base.ValidateKeywordValue(value);
        try
        {
            return new Regex(value.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException e)
        {
            throw new JsonSchemaException($"The pattern '{value}' needs backtracking, which a response could stall: {e.Message}", e);
        }
    }
}
