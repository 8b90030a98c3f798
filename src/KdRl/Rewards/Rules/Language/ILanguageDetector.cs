namespace KdRl.Rewards;

/// <summary>Tells the language of a text. <see cref="LanguageDetector"/> is the one that comes with the library; a package can stand behind another.</summary>
public interface ILanguageDetector
{
    /// <summary>The ISO 639-1 code of the language most of the text is in ("en", "zh"); null when it cannot be told. Called concurrently.</summary>
    /// <param name="text">Any text, a model's output included.</param>
    string? Detect(string text);
}
