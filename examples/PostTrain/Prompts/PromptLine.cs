using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KdRl.Examples.PostTrain.Prompts;

/// <summary>A line of a prompt file as it is written. A property that is not known is an error, not silence.</summary>
internal sealed class PromptLine
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string? Id { get; init; }

    public string? Prompt { get; init; }

    public MessageLine[]? Messages { get; init; }

    public string? Reference { get; init; }

    public string? Task { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }
}
