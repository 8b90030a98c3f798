namespace KdRl.Distillation;

/// <summary>What every schedule asks of its numbers.</summary>
internal static class CoefficientChecks
{
    public static double Coefficient(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be finite and not negative; found {value}.");

    public static long Positive(long value, string name) => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be at least 1; found {value}.");

    public static long NotNegative(long value, string name) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must not be negative; found {value}.");

    public static void Step(long step) => NotNegative(step, nameof(step));
}
