using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>Which language a response is expected in.</summary>
public sealed class LanguageConsistencyOptions
{
    /// <summary>The metadata key under which a prompt names its language unless another is chosen.</summary>
    public const string DefaultMetadataKey = "language";

    /// <summary>The metadata key under which a prompt names its language, as an ISO 639-1 code.</summary>
    /// <value>The default value is <c>language</c>.</value>
    [Required]
    public string MetadataKey { get; set; } = DefaultMetadataKey;

    /// <summary>The language of prompts that name none.</summary>
    /// <value>The default value is null: the language the prompt is written in.</value>
    public string? Language { get; set; }

    /// <summary>Tells the language of texts.</summary>
    /// <value>The default value is null: <see cref="LanguageDetector.Default"/>.</value>
    public ILanguageDetector? Detector { get; set; }
}
