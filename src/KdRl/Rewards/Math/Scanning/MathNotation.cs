namespace KdRl.Rewards;

/// <summary>How numbers are written in a data set, beyond digits with a decimal point.</summary>
/// <param name="DecimalComma">A comma that cannot group thousands begins the decimals.</param>
/// <param name="NumberWords">Numbers of several words are numbers.</param>
internal readonly record struct MathNotation(bool DecimalComma, bool NumberWords)
{
    public MathNotation(MathVerifierOptions options) : this(options.DecimalComma, options.NumberWords)
    {
    }

    /// <summary>The tokens with such numbers as number tokens.</summary>
    public List<MathToken> Read(List<MathToken> tokens)
    {
        if (NumberWords) tokens = Rewards.NumberWords.Read(tokens);
        return DecimalComma ? DecimalCommas.Read(tokens) : tokens;
    }
}
