using System.Collections.Frozen;

namespace KdRl.Rewards;

/// <summary>Known units: size and powers of base units.</summary>
internal static class MathUnits
{
    /// <summary>Units by name; words are looked up in lower case without the plural s when the exact name is unknown.</summary>
    private static readonly FrozenDictionary<string, (Rational Scale, string Dimension)> Units = Create();

    /// <summary>The unit of a word, if it is one.</summary>
    public static bool TryGet(string word, out (Rational Scale, string Dimension) unit)
    {
        if (Units.TryGetValue(word, out unit)) return true;
        if (word.Length < 3) return false;
        var lower = word.ToLowerInvariant();
        return Units.TryGetValue(lower, out unit) || (lower[^1] == 's' && Units.TryGetValue(lower[..^1], out unit));
    }

    private static FrozenDictionary<string, (Rational, string)> Create()
    {
        var units = new Dictionary<string, (Rational, string)>();
        Add("m^1", [("m meter metre", 1, 1), ("cm centimeter centimetre", 1, 100), ("mm millimeter millimetre", 1, 1000), ("km kilometer kilometre", 1000, 1),
            ("in inch inches", 254, 10000), ("ft foot feet", 3048, 10000), ("yd yard", 9144, 10000), ("mi mile", 1609344, 1000), ("dm decimeter decimetre", 1, 10),
            ("nm nanometer nanometre", 1, 1_000_000_000), ("μm micrometer micrometre micron", 1, 1_000_000)]);
        Add("m^3", [("L l liter litre", 1, 1000), ("mL ml milliliter millilitre", 1, 1_000_000), ("cc", 1, 1_000_000), ("gallon gal", 3785411784, 1_000_000_000_000),
            ("quart", 946352946, 1_000_000_000_000), ("pint", 473176473, 1_000_000_000_000)]);
        Add("m^2", [("hectare ha", 10000, 1), ("acre", 40468564224, 10_000_000)]);
        Add("g^1", [("g gram", 1, 1), ("kg kilogram kilo", 1000, 1), ("mg milligram", 1, 1000), ("lb lbs pound", 45359237, 100000), ("oz ounce", 45359237, 1600000),
            ("tonne", 1_000_000, 1)]);
        Add("s^1", [("s sec second", 1, 1), ("min minute mins", 60, 1), ("h hr hrs hour", 3600, 1), ("day", 86400, 1), ("week", 604800, 1), ("ms millisecond", 1, 1000)]);
        Add("m^1 s^-1", [("mph", 1609344, 3_600_000), ("kph kmh kmph", 1000, 3600)]);
        Add("year^1", [("year yr", 1, 1), ("decade", 10, 1), ("century", 100, 1)]);
        Add("month^1", [("month", 1, 1)]);
        Add("usd^1", [("$ dollar usd USD buck", 1, 1), ("cent ¢", 1, 100)]);
        Add("eur^1", [("€ euro eur EUR", 1, 1)]);
        Add("gbp^1", [("£ gbp GBP", 1, 1), ("pence", 1, 100)]);
        Add("inr^1", [("₹ Rs rs rupee inr INR", 1, 1)]);
        Add("cny^1", [("¥ yuan yen", 1, 1)]);
        Add("degree^1", [("degree deg", 1, 1)]);
        Add("radian^1", [("radian rad", 1, 1)]);
        Add("celsius^1", [("celsius", 1, 1)]);
        Add("fahrenheit^1", [("fahrenheit", 1, 1)]);
        Add("kelvin^1", [("K kelvin", 1, 1)]);
        Add("bit^1", [("bit", 1, 1), ("byte", 8, 1)]);
        // Whether they are thousands or 1024s of each other is not agreed upon.
        foreach (var name in (string[])["KB", "MB", "GB", "TB"]) Add(name + "^1", [(name, 1, 1)]);
        // Of mechanics and electricity, in metres, grams, seconds and amperes.
        Add("g^1 m^1 s^-2", [("N newton", 1000, 1), ("kN kilonewton", 1_000_000, 1)]);
        Add("g^1 m^2 s^-2", [("J joule", 1000, 1), ("kJ kilojoule", 1_000_000, 1)]);
        Add("g^1 m^2 s^-3", [("W watt", 1000, 1), ("kW kilowatt", 1_000_000, 1), ("MW megawatt", 1_000_000_000, 1)]);
        Add("g^1 m^-1 s^-2", [("Pa pascal", 1000, 1), ("kPa kilopascal", 1_000_000, 1)]);
        Add("ampere^1", [("A amp ampere", 1, 1), ("mA milliampere", 1, 1000)]);
        Add("ampere^1 s^1", [("C coulomb", 1, 1)]);
        Add("ampere^-1 g^1 m^2 s^-3", [("V volt", 1000, 1), ("kV kilovolt", 1_000_000, 1)]);
        Add("ampere^-2 g^1 m^2 s^-3", [("ohm", 1000, 1)]);
        Add("ampere^-1 g^1 s^-2", [("T tesla", 1000, 1)]);
        Add("s^-1", [("Hz hertz", 1, 1), ("kHz kilohertz", 1000, 1), ("MHz megahertz", 1_000_000, 1)]);
        Add("am^1", [("am AM", 1, 1)]);
        Add("pm^1", [("pm PM", 1, 1)]);
        Add("mol^1", [("mol mole", 1, 1)]);
        Add("m^1", [("米", 1, 1), ("厘米", 1, 100), ("毫米", 1, 1000), ("千米 公里", 1000, 1)]);
        Add("m^2", [("平方米", 1, 1), ("平方厘米", 1, 10_000), ("平方千米 平方公里", 1_000_000, 1)]);
        Add("m^3", [("立方米", 1, 1), ("立方厘米 毫升", 1, 1_000_000), ("升", 1, 1000)]);
        Add("g^1", [("克", 1, 1), ("千克 公斤", 1000, 1), ("吨", 1_000_000, 1)]);
        Add("s^1", [("秒", 1, 1), ("分钟", 60, 1), ("小时", 3600, 1), ("天", 86400, 1)]);
        Add("cny^1", [("元", 1, 1)]);
        Add("degree^1", [("度", 1, 1)]);
        return units.ToFrozenDictionary();

        void Add(string dimension, (string Names, long Numerator, long Denominator)[] entries)
        {
            foreach (var (names, numerator, denominator) in entries)
                foreach (var name in names.Split(' ')) units[name] = (new Rational(numerator, denominator), dimension);
        }
    }
}
