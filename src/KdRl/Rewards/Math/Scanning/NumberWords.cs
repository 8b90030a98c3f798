using System.Collections.Frozen;
using System.Globalization;

namespace KdRl.Rewards;

/// <summary>Reads English numbers of any number of words: "one hundred and five", "minus three", "two and a half", "three point one four".</summary>
internal sealed class NumberWords
{
    private static readonly FrozenDictionary<string, int> Denominators = ((string[])["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"])
        .Select((n, i) => (n, i + 2)).Append(("fourth", 4)).Append(("twelfth", 12)).Append(("hundredth", 100)).Append(("thousandth", 1000)).ToFrozenDictionary(p => p.Item1, p => p.Item2);

    private readonly List<MathToken> _tokens;
    private int _at;

    private NumberWords(List<MathToken> tokens) => _tokens = tokens;

    /// <summary>The tokens with every such number in digits.</summary>
    public static List<MathToken> Read(List<MathToken> tokens)
    {
        if (!tokens.Exists(t => t.Kind == MathTokenKind.Word)) return tokens;
        var reader = new NumberWords(tokens);
        List<MathToken> read = new(tokens.Count);
        while (reader._at < tokens.Count)
        {
            var start = reader._at;
            if (reader.StartsInWord() || reader.Phrase() is not { } number || reader.EndsInWord())
            {
                reader._at = start + 1;
                read.Add(tokens[start]);
            }
            else read.AddRange(number.Select((t, i) => t with { SpaceBefore = i == 0 ? tokens[start].SpaceBefore : t.SpaceBefore, InText = tokens[start].InText }));
        }
        return read;
    }

    /// <summary>The digits alone of a number that is given in both: 42 (forty-two), forty-two (42).</summary>
    public static List<MathToken> WithoutRepetition(List<MathToken> tokens)
    {
        if (tokens.Count < 4 || !tokens[^1].Is(")") || tokens.FindIndex(t => t.Is("(")) is not (> 0 and var open)) return tokens;
        var (before, inside) = (tokens[..open], tokens[(open + 1)..^1]);
        if (before is [{ Kind: MathTokenKind.Number } digits] && Read(inside) is [{ Kind: MathTokenKind.Number } spelled] && inside[0].Kind == MathTokenKind.Word && digits.Text == spelled.Text) return before;
        return inside is [{ Kind: MathTokenKind.Number } number] && before[0].Kind == MathTokenKind.Word && Read(before) is [{ Kind: MathTokenKind.Number } words] && number.Text == words.Text ? inside : tokens;
    }

    /// <summary>"one-to-one" and "two-headed" are no numbers.</summary>
    private bool StartsInWord() => _at >= 2 && _tokens[_at - 1].Is("-") && _tokens[_at - 2].Kind == MathTokenKind.Word && !_tokens[_at - 1].SpaceBefore && !_tokens[_at].SpaceBefore;

    private bool EndsInWord() => _at + 1 < _tokens.Count && _tokens[_at].Is("-") && _tokens[_at + 1].Kind == MathTokenKind.Word && !_tokens[_at].SpaceBefore && !_tokens[_at + 1].SpaceBefore;

    private string Word(int offset = 0) => _at + offset < _tokens.Count && _tokens[_at + offset].Kind is MathTokenKind.Word or MathTokenKind.Letter ? _tokens[_at + offset].Text.ToLowerInvariant() : "";

    private bool IsSign(string sign, int offset = 0) => _at + offset < _tokens.Count && _tokens[_at + offset].Is(sign);

    private static MathToken Number(long value, bool spaceBefore = false) => new(MathTokenKind.Number, value.ToString(CultureInfo.InvariantCulture), spaceBefore, true);

    private static MathToken Sign(string sign) => new(MathTokenKind.Sign, sign, false, true);

    /// <summary>A number with its sign, decimals or fraction; null when none begins here.</summary>
    private List<MathToken>? Phrase()
    {
        List<MathToken> number = [];
        if (Word() is "minus" or "negative")
        {
            _at++;
            number.Add(Sign("-"));
        }
        if (Word() == "half" || (Word() is "a" or "one" && Word(Gap()) is var denominator && Denominators.ContainsKey(denominator)))
            return Denominator(1) is { } below ? [.. number, Number(1), Sign("/"), Number(below)] : null;
        if (Integer() is not { } whole) return null;
        number.Add(Number(whole));
        if (Word() == "point") return Decimals() is { } decimals ? [.. number[..^1], number[^1] with { Text = number[^1].Text + "." + decimals }] : null;
        if (Denominator(whole) is { } divisor) return [.. number, Sign("/"), Number(divisor)];
        var start = _at;
        if (IsSign("and"))
        {
            _at++;
            var top = Word() == "a" ? 1 : Word() == "half" ? null : Integer();
            if (top is { } numerator && Denominator(numerator) is { } bottom) return [.. number, Number(numerator, true), Sign("/"), Number(bottom)];
            _at = start;
        }
        return number;
    }

    /// <summary>Tokens from one word to the next: a hyphen may stand between.</summary>
    private int Gap() => IsSign("-", 1) ? 2 : 1;

    /// <summary>"half", "thirds": takes the name of a denominator that agrees with its numerator in number.</summary>
    private long? Denominator(long numerator)
    {
        var start = _at;
        if (Word() is "a" or "one" && numerator == 1 && Denominators.ContainsKey(Word(Gap()))) _at += Gap();
        else if (IsSign("-")) _at++;
        var name = Word();
        var single = name == "halves" ? "half" : name.EndsWith('s') ? name[..^1] : name;
        if (Denominators.TryGetValue(single, out var value) && (single == name) == (numerator == 1))
        {
            _at++;
            return value;
        }
        _at = start;
        return null;
    }

    private string? Decimals()
    {
        _at++;
        var digits = "";
        while (MathVocabulary.Numbers.TryGetValue(Word(), out var digit) && digit < 10)
        {
            digits += digit.ToString(CultureInfo.InvariantCulture);
            _at++;
        }
        return digits.Length > 0 ? digits : null;
    }

    /// <summary>"two million three hundred thousand and five"; null when no number begins here or its words are in no order.</summary>
    private long? Integer()
    {
        var (total, group, smallest, any) = (0L, -1L, long.MaxValue, false);
        while (true)
        {
            var start = _at;
            var joined = any && (IsSign("-") || (IsSign("and") && _at > 0 && MathVocabulary.Multipliers.ContainsKey(_tokens[_at - 1].Text)));
            if (joined) _at++;
            var word = Word();
            if (word is "a" && !any && Word(1) is var next && MathVocabulary.Multipliers.ContainsKey(next)) group = 1;
            else if (MathVocabulary.Numbers.TryGetValue(word, out var value) && Fits(group, value)) group = Math.Max(group, 0) + value;
            else if (!joined && word == "hundred" && group is > 0 and < 100) group *= 100;
            else if (!joined && word != "hundred" && group > 0 && MathVocabulary.Multipliers.TryGetValue(word, out var factor) && factor < smallest)
            {
                (total, group, smallest) = (total + group * factor, -1, factor);
            }
            else
            {
                _at = start;
                return any ? total + Math.Max(group, 0) : null;
            }
            any = true;
            _at++;
        }
    }

    /// <summary>Ones fit behind tens, both behind hundreds.</summary>
    private static bool Fits(long group, int value) => group < 0 || (group >= 100 && group % 100 == 0 && value > 0) || (group % 100 >= 20 && group % 10 == 0 && value is > 0 and < 10);
}
