namespace KdRl.Rewards;

/// <summary>The writing systems that languages are told apart by first.</summary>
internal enum Script
{
    Other,
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Thai,
    Kana,
    Hangul,
    Han,
}
