namespace KdRl.Rewards;

/// <summary>The IFEval instructions about case and language.</summary>
public static class CaseChecks
{
    /// <summary><c>change_case:english_capital</c> without its language: at least one letter, and none in lower case.</summary>
    /// <param name="response">The response.</param>
    public static bool IsUpper(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return PythonText.IsUpper(response);
    }

    /// <summary><c>change_case:english_lowercase</c> without its language: at least one letter, and none in upper case.</summary>
    /// <param name="response">The response.</param>
    public static bool IsLower(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return PythonText.IsLower(response);
    }

    /// <summary><c>change_case:capital_word_frequency</c>: words with letters that are all upper case; hyphenated ones are one word, "IT'S" is two (<see cref="TreebankWords"/>).</summary>
    /// <param name="response">The response.</param>
    public static int CapitalWords(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return TreebankWords.Of(response).Count(word => PythonText.IsUpper(word));
    }

    /// <summary><c>language:response_language</c>: the language detected is the one asked for.</summary>
    /// <param name="response">The response.</param>
    /// <param name="language">An ISO 639-1 code.</param>
    /// <param name="options">The detector, and what a language that cannot be told counts as.</param>
    public static bool IsInLanguage(string response, string language, InstructionOptions options)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(options);
        return (options.Detector ?? LanguageDetector.Default).Detect(response) is { } found ? found == language : options.UndetectedLanguageFollows;
    }
}
