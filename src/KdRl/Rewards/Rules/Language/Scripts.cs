using System.Text;

namespace KdRl.Rewards;

/// <summary>Which writing system a letter belongs to, by Unicode block.</summary>
internal static class Scripts
{
    public static readonly int Count = Enum.GetValues<Script>().Length;

    /// <summary>The writing system of a letter. Anything may be asked; what is in none of the blocks is <see cref="Script.Other"/>.</summary>
    public static Script Of(Rune letter) => letter.Value switch
    {
        < 0x0250 or (>= 0x1E00 and <= 0x1EFF) or (>= 0x2C60 and <= 0x2C7F) or (>= 0xA720 and <= 0xA7FF) or (>= 0xFF21 and <= 0xFF5A) => Script.Latin,
        (>= 0x0370 and <= 0x03FF) or (>= 0x1F00 and <= 0x1FFF) => Script.Greek,
        >= 0x0400 and <= 0x052F => Script.Cyrillic,
        >= 0x0590 and <= 0x05FF => Script.Hebrew,
        (>= 0x0600 and <= 0x06FF) or (>= 0x0750 and <= 0x077F) or (>= 0x08A0 and <= 0x08FF) or (>= 0xFB50 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF) => Script.Arabic,
        >= 0x0900 and <= 0x097F => Script.Devanagari,
        >= 0x0980 and <= 0x09FF => Script.Bengali,
        >= 0x0A00 and <= 0x0A7F => Script.Gurmukhi,
        >= 0x0A80 and <= 0x0AFF => Script.Gujarati,
        >= 0x0B80 and <= 0x0BFF => Script.Tamil,
        >= 0x0C00 and <= 0x0C7F => Script.Telugu,
        >= 0x0C80 and <= 0x0CFF => Script.Kannada,
        >= 0x0D00 and <= 0x0D7F => Script.Malayalam,
        >= 0x0E00 and <= 0x0E7F => Script.Thai,
        (>= 0x3041 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF) or (>= 0xFF66 and <= 0xFF9F) => Script.Kana,
        (>= 0xAC00 and <= 0xD7AF) or (>= 0x1100 and <= 0x11FF) or (>= 0x3130 and <= 0x318F) => Script.Hangul,
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF) => Script.Han,
        _ => Script.Other,
    };

    /// <summary>The writing systems a language is written in.</summary>
    /// <param name="language">An ISO 639-1 code.</param>
    /// <returns>Empty for a language that is not known here.</returns>
    public static IReadOnlyList<Script> Of(string language) =>
        language == "ja" ? [Script.Kana, Script.Han]
        : language == "zh" ? [Script.Han]
        : LanguageProfiles.ByScript.Where(p => p.Value.Any(l => l.Code == language)).Select(p => p.Key).ToArray();
}
