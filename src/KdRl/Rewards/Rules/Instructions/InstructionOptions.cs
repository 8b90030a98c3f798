namespace KdRl.Rewards;

/// <summary>How instructions are checked.</summary>
public sealed class InstructionOptions
{
    /// <summary>Tells the language of a response.</summary>
    /// <value>The default value is null: <see cref="LanguageDetector.Default"/>.</value>
    public ILanguageDetector? Detector { get; set; }

    /// <summary>Whether a response whose language cannot be told is in the language asked for.</summary>
    /// <value>
    /// The default value is false: else a response of digits follows every instruction about language. IFEval counts it as followed; set it to
    /// true to compare with published numbers.
    /// </value>
    public bool UndetectedLanguageFollows { get; set; }
}
