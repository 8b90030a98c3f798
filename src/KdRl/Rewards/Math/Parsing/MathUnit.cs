namespace KdRl.Rewards;

/// <summary>A unit of measurement.</summary>
/// <param name="Scale">Size in base units.</param>
/// <param name="Dimension">Canonical powers of base units, such as "m^1 s^-1"; empty when no known unit is in it.</param>
/// <param name="Words">What is counted, in the writer's words; empty when there are none.</param>
internal sealed record MathUnit(Rational Scale, string Dimension, string Words);
