using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>What <see cref="MathVerifier"/> takes for the answer and what it accepts as equal.</summary>
/// <remarks>Start from <see cref="Strict"/> for training and <see cref="Lenient"/> for evaluation, and set what a data set needs on top.</remarks>
public sealed class MathVerifierOptions
{
    /// <summary>For training, and the default everywhere: the last boxed answer only, a closed literal, chains of equalities that hold.</summary>
    public static MathVerifierOptions Strict => new();

    /// <summary>For evaluation: without a box also "the answer is …" and its like, then the last formula or number; other ways to write the same are accepted.</summary>
    public static MathVerifierOptions Lenient => new()
    {
        Source = MathAnswerSource.Anywhere,
        AcceptPlainPercent = true,
        AcceptOmittedBase = true,
        RatioEqualsFraction = true,
        IgnoreBrackets = true,
        AllowSymbolicMembers = true,
        NumberWords = true,
        IgnoreParameterNames = true,
        RequireClosedLiteral = false,
        CompareUnknownUnits = false,
    };

    /// <summary>Where the answer stands. Default: <see cref="MathAnswerSource.LastBox"/>.</summary>
    public MathAnswerSource Source { get; set; } = MathAnswerSource.LastBox;

    /// <summary>To a numeric reference only a number is an answer, not the question written again. Default: true.</summary>
    /// <remarks>
    /// Limits arithmetic to <see cref="MaxOperators"/>, factorials and binomials to arguments up to 20, and allows functions such as sine and
    /// logarithm only when the reference has some. Sums, integrals, limits and products with bounds are never evaluated.
    /// </remarks>
    public bool RequireClosedLiteral { get; set; } = true;

    /// <summary>Arithmetic operations that a closed literal may have beyond twice those of the reference. At least 0; default 6.</summary>
    public int MaxOperators { get; set; } = 6;

    /// <summary>Fractions must be in lowest terms and literal sums and products worked out. Default: false.</summary>
    public bool RequireSimplestForm { get; set; }

    /// <summary>Lists without brackets are compared in order. Default: false, in any order.</summary>
    public bool OrderedLists { get; set; }

    /// <summary>"25" also answers "25 %" and the other way round. Default: false, a percentage is a hundredth.</summary>
    public bool AcceptPlainPercent { get; set; }

    /// <summary>A number without its base answers one with it, as digits: 1011 for 1011₂. Default: false.</summary>
    public bool AcceptOmittedBase { get; set; }

    /// <summary>3:4 equals 3/4. Default: false.</summary>
    public bool RatioEqualsFraction { get; set; }

    /// <summary>Tuples, vectors, sets and bare lists with the same elements in the same order are equal. Default: false.</summary>
    public bool IgnoreBrackets { get; set; }

    /// <summary>A chain such as V = πr²h = 12π may have members with symbols before its value. Default: false, all members must be equal.</summary>
    public bool AllowSymbolicMembers { get; set; }

    /// <summary>f(t) = 2t also answers f(x) = 2x. Default: false, a parameter is named as in the question.</summary>
    public bool IgnoreParameterNames { get; set; }

    /// <summary>Units that are no known units of measurement must share a word: 5 apples are not 5 oranges. Default: true.</summary>
    public bool CompareUnknownUnits { get; set; } = true;

    /// <summary>A comma that cannot group thousands begins the decimals: 3,5 and 0,125 and 1.234,5. Default: false.</summary>
    /// <remarks>1,234 stays a thousand and more, and (3,5) a pair; lists need a blank or semicolon: 1, 2 or (1,5; 2,5). A decimal point is read as well.</remarks>
    public bool DecimalComma { get; set; }

    /// <summary>Numbers of several words are numbers: "one hundred and five", "minus three", "two and a half". Default: false, only "five" and "twenty-five" are.</summary>
    public bool NumberWords { get; set; }

    /// <summary>Decimal places from which on a decimal answers an exact reference when it is the reference rounded. At least 1; default 4.</summary>
    public int MinDecimalPlaces { get; set; } = 4;

    /// <summary>Longest answer in characters. In [1, 10000]; default 2000.</summary>
    public int MaxAnswerLength { get; set; } = 2000;

    /// <summary>Most nodes of a parsed answer. In [1, 2000]; default 500.</summary>
    public int MaxNodes { get; set; } = 500;

    /// <summary>Deepest nesting of an answer. In [1, 200]; default 64.</summary>
    public int MaxDepth { get; set; } = 64;

    /// <summary>Checks every range.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    internal void Validate()
    {
        InRange(nameof(MaxOperators), MaxOperators, 0, int.MaxValue);
        InRange(nameof(MinDecimalPlaces), MinDecimalPlaces, 1, int.MaxValue);
        InRange(nameof(MaxAnswerLength), MaxAnswerLength, 1, 10_000);
        InRange(nameof(MaxNodes), MaxNodes, 1, 2000);
        InRange(nameof(MaxDepth), MaxDepth, 1, 200);
        if (!Enum.IsDefined(Source)) Refuse($"{nameof(Source)} is {Source}; expected a value of {nameof(MathAnswerSource)}.");
    }

    private static void InRange(string name, int value, int low, int high)
    {
        if (value < low || value > high) Refuse($"{name} is {value}; expected {low} to {high}.");
    }

    private static void Refuse(string failure) => throw new OptionsValidationException(nameof(MathVerifierOptions), typeof(MathVerifierOptions), [failure]);
}
