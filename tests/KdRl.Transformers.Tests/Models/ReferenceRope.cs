namespace KdRl.Transformers.Tests.Models;

/// <summary>Rotary frequencies by case, as their papers and model cards describe them; shares no code with the library.</summary>
internal static class ReferenceRope
{
    /// <summary>Radians per position of pair i, and what multiplies queries and keys.</summary>
    /// <param name="c">The configuration.</param>
    /// <param name="headDim">Width of a head.</param>
    /// <param name="i">The pair.</param>
    /// <param name="length">Tokens of the sequence.</param>
    public static (double Frequency, double Magnitude) Of(TransformerConfig c, int headDim, int i, int length)
    {
        var plain = 1 / Math.Pow(c.RopeTheta, 2.0 * i / headDim);
        switch (c.RopeScaling)
        {
            case null: return (plain, 1);
            case LinearRopeScaling linear: return (plain / linear.Factor, 1);
            case DynamicRopeScaling dynamic:
                var n = Math.Max(length, c.MaxPositions);
                var grown = headDim == 2 ? c.RopeTheta
                    : c.RopeTheta * Math.Pow(dynamic.Factor * n / c.MaxPositions - (dynamic.Factor - 1), headDim / (headDim - 2.0));
                return (1 / Math.Pow(grown, 2.0 * i / headDim), 1);
            case Llama3RopeScaling llama:
                var wavelength = 2 * Math.PI / plain;
                if (wavelength < llama.OriginalMaxPositions / llama.HighFrequencyFactor) return (plain, 1);
                if (wavelength > llama.OriginalMaxPositions / llama.LowFrequencyFactor) return (plain / llama.Factor, 1);
                var smooth = (llama.OriginalMaxPositions / wavelength - llama.LowFrequencyFactor) / (llama.HighFrequencyFactor - llama.LowFrequencyFactor);
                return ((1 - smooth) * plain / llama.Factor + smooth * plain, 1);
            case YarnRopeScaling yarn: return Yarn(c, yarn, headDim, i, plain);
            default: throw new ArgumentException($"{c.RopeScaling}", nameof(c));
        }
    }

    private static (double Frequency, double Magnitude) Yarn(TransformerConfig c, YarnRopeScaling yarn, int headDim, int i, double plain)
    {
        double context = yarn.OriginalMaxPositions ?? c.MaxPositions;
        double Dimension(double rotations) => headDim * Math.Log(context / (rotations * 2 * Math.PI)) / (2 * Math.Log(c.RopeTheta));
        var low = Dimension(yarn.BetaFast);
        var high = Dimension(yarn.BetaSlow);
        if (yarn.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }
        low = low < 0 ? 0 : low;
        high = high > headDim - 1 ? headDim - 1 : high;
        if (low == high) high += 0.001;
        var ramp = (i - low) / (high - low);
        ramp = ramp < 0 ? 0 : ramp > 1 ? 1 : ramp;
        var keep = 1 - ramp;
        double Temperature(double m) => yarn.Factor <= 1 ? 1 : 0.1 * m * Math.Log(yarn.Factor) + 1;
        var magnitude = yarn.AttentionFactor
            ?? (yarn.MScale.HasValue && yarn.MScaleAllDim.HasValue ? Temperature(yarn.MScale.Value) / Temperature(yarn.MScaleAllDim.Value) : Temperature(1));
        return (plain / yarn.Factor * (1 - keep) + plain * keep, magnitude);
    }
}
