namespace KdRl.Rewards;

/// <summary>Differences between two texts that do not count.</summary>
[Flags]
public enum TextFolding
{
    /// <summary>Every difference counts.</summary>
    None = 0,

    /// <summary>Upper and lower case.</summary>
    Case = 1,

    /// <summary>White space at the ends, and how much of it stands between words.</summary>
    WhiteSpace = 2,

    /// <summary>Full-width forms of ASCII characters, as East Asian input has them.</summary>
    Width = 4,

    /// <summary>Punctuation and symbols. The sign and the decimal point of a number count all the same.</summary>
    Punctuation = 8,

    /// <summary>The English articles a, an and the.</summary>
    Articles = 16,

    /// <summary>Case, white space and width.</summary>
    Basic = Case | WhiteSpace | Width,

    /// <summary>Everything: the normalisation of SQuAD and of UAlign, which there also removes the sign and the point of numbers.</summary>
    Answer = Basic | Punctuation | Articles,
}
