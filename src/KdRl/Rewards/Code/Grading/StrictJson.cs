using System.Text;
using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>Reads JSON that somebody else wrote, so that nothing in it can fail later.</summary>
internal static class StrictJson
{
    /// <summary>Parses a text.</summary>
    /// <exception cref="JsonException">It is not JSON, or a text in it is not Unicode (half of a surrogate pair): reading that would throw.</exception>
    public static JsonElement Parse(string json)
    {
        var element = JsonElement.Parse(json);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) _ = reader.GetString();
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A text is not Unicode.", e);
        }
        return element;
    }
}
