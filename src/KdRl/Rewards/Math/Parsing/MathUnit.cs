namespace KdRl.Rewards;

/// <summary>A unit of measurement.</summary>
/// <param name="Scale">Size in base units.</param>
/// <param name="Dimension">Powers of base units in alphabetical order, such as "m^1 s^-1"; empty when no known unit is in it.</param>
/// <param name="Words">What is counted, in the writer's words; empty when there are none.</param>
internal sealed record MathUnit(Rational Scale, string Dimension, string Words)
{
    /// <summary>Largest power of a base unit.</summary>
    private const int MaxPower = 100;

    /// <summary>The unit of a pure number.</summary>
    public static readonly MathUnit None = new(Rational.One, "", "");

    /// <summary>This unit times a power of another.</summary>
    public MathUnit Times(MathUnit other, int power)
    {
        var words = (Words + " " + other.Words).Trim();
        if (Dimension.Length == 0 && power == 1) return other with { Scale = Scale * other.Scale, Words = words };
        var powers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        Add(this, 1);
        Add(other, power);
        return new MathUnit(Scale * Rational.Pow(other.Scale, power), string.Join(' ', powers.Where(p => p.Value != 0).Select(p => $"{p.Key}^{p.Value}")), words);

        void Add(MathUnit unit, int factor)
        {
            foreach (var part in unit.Dimension.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var mark = part.IndexOf('^', StringComparison.Ordinal);
                var sum = powers.GetValueOrDefault(part[..mark]) + factor * int.Parse(part.AsSpan(mark + 1), System.Globalization.CultureInfo.InvariantCulture);
                powers[part[..mark]] = Math.Clamp(sum, -MaxPower, MaxPower);
            }
        }
    }
}
