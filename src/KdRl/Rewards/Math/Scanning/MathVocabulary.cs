using System.Collections.Frozen;

namespace KdRl.Rewards;

/// <summary>The words that mean something in an answer.</summary>
internal static class MathVocabulary
{
    /// <summary>Functions of one argument, by every spelling, to their canonical name.</summary>
    public static readonly FrozenDictionary<string, string> Functions = ((string[])
    [
        "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch", "ln", "log", "exp", "sqrt", "cbrt", "fourthroot", "abs",
        "max", "min", "gcd", "lcm", "floor", "ceil", "cis", "sgn", "det", "arg",
    ]).Select(n => (n, n)).Concat([("lg", "log10"), ("sign", "sgn"), ("cosec", "csc"), ("tg", "tan"), ("ctg", "cot"), ("arctg", "atan")])
      .Concat(from f in (string[])["sin", "cos", "tan", "cot", "sec", "csc"] from p in (string[])["arc", "a"] select (p + f, "a" + f))
      .Concat(from f in (string[])["sinh", "cosh", "tanh"] from p in (string[])["arc", "ar", "a"] select (p + f, "a" + f))
      .ToFrozenDictionary(p => p.Item1, p => p.Item2);

    /// <summary>Numbers in words.</summary>
    public static readonly FrozenDictionary<string, int> Numbers = ((string[])
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ]).Select((n, i) => (n, i)).Concat([("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60), ("seventy", 70), ("eighty", 80), ("ninety", 90)])
      .ToFrozenDictionary(p => p.Item1, p => p.Item2, StringComparer.OrdinalIgnoreCase);

    /// <summary>Words that multiply the number before them.</summary>
    public static readonly FrozenDictionary<string, long> Multipliers = new Dictionary<string, long>
    {
        ["hundred"] = 100, ["thousand"] = 1000, ["million"] = 1_000_000, ["billion"] = 1_000_000_000, ["trillion"] = 1_000_000_000_000, ["dozen"] = 12,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Words that say more than a unit may: a number followed by one of them is not just that number.</summary>
    public static readonly FrozenSet<string> NotUnits = ((string[])
    [
        "not", "no", "nor", "minus", "plus", "times", "squared", "cubed", "over", "factorial", "negative", "half", "halves", "third", "thirds", "quarter",
        "quarters", "fourths", "fifths", "if", "when", "where", "for", "mod", "modulo", "base", "to", "than", "less", "more", "least", "most", "wrong",
        "incorrect", "except", "without", "power", "root", "choose", "hundredths", "tenths", "thousandths", "is", "are", "but", "from", "divided",
        "multiplied", "equals", "equal", "between", "either", "maybe", "perhaps", "undefined", "with", "by", "then", "given", "such", "because", "since", "lakh", "crore", "bn", "mn", "tens", "hundreds", "thousands",
        "millions", "billions", "trillions", "score", "gross", "off", "out",
    ]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Short words outside of text; longer ones are recognised by their shape.</summary>
    private static readonly FrozenSet<string> ShortWords = ((string[])
    [
        "or", "and", "so", "is", "no", "has", "pi", "inf", "oo", "yes", "odd", "all", "one", "two", "six", "ten", "DNE", "dne", "none", "None", "NONE", "TRUE", "FALSE", "YES", "NO", "the",
        "red", "day", "cup", "cow", "cat", "dog", "man", "men", "boy", "egg", "car", "box", "min", "sec", "hrs", "mph", "kph", "kmh", "rpm", "sq", "USD", "Rs",
        "cm", "mm", "km", "kg", "mg", "mL", "ml", "ft", "lb", "lbs", "oz", "hr", "yd", "yen", "kW", "Hz", "kHz", "mod", "gcd", "lcm", "for", "not", "per", "of", "at", "on", "max", "Yes", "No",
        "even", "Even", "ODD", "EVEN", "Odd", "All", "all", "are", "min", "deg", "rad", "bit", "way", "ways", "if", "Mr", "Mrs", "Ms", "Dr",
    ]).ToFrozenSet();

    /// <summary>Two-letter units that are also common products; units only right after a number and a blank.</summary>
    private static readonly FrozenSet<string> WordsAfterNumber = ((string[])["in", "mi", "pm", "am", "is", "PM", "AM", "no", "km", "ha", "ly", "to"]).ToFrozenSet();

    /// <summary>Whether a run of Latin letters outside of text is a word, not a product of letters.</summary>
    public static bool IsWord(string run, bool afterNumber) =>
        ShortWords.Contains(run) || Functions.ContainsKey(run) || (afterNumber && WordsAfterNumber.Contains(run)) || ((run.Length >= 4 || (run.Length == 3 && char.IsAsciiLetterUpper(run[0]))) && HasWordShape(run));

    private static readonly System.Buffers.SearchValues<char> Vowels = System.Buffers.SearchValues.Create("aeiouAEIOU");

    /// <summary>Lower case but for the first letter, with a vowel and not in alphabetical order: "apples", not "abcd" and not "PQRS".</summary>
    private static bool HasWordShape(string run)
    {
        var letters = run.AsSpan(1);
        return !letters.ContainsAnyExceptInRange('a', 'z') && run.AsSpan().ContainsAny(Vowels) && !IsAlphabetical(run);
    }

    private static bool IsAlphabetical(string run)
    {
        for (var i = 1; i < run.Length; i++)
            if (run[i] != run[i - 1] + 1) return false;
        return true;
    }
}
