namespace KdRl.Rewards;

/// <summary>Names that stand in a verdict as they are, without escapes.</summary>
internal static class JudgeNames
{
    public const string Rule = "1 to 80 letters, digits, spaces, '_', '-', '.' or '/', and not 'nonce'";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 80 && name != JudgeQuestion.NonceKey && !string.IsNullOrWhiteSpace(name) && name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '_' or '-' or '.' or '/');
}
