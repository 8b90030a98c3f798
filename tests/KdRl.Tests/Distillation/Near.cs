using static TorchSharp.torch;

namespace KdRl.Tests.Distillation;

/// <summary>Comparisons of numbers and tensors within a tolerance; NaN equals nothing.</summary>
internal static class Near
{
    public static void Equal(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}] expected {expected[i]}, found {actual[i]}, tolerance {tolerance}");
    }

    public static void Equal(double[] expected, Tensor actual, double tolerance) =>
        Equal(expected, Numbers(actual), tolerance);

    public static void Equal(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Equal(Numbers(expected), Numbers(actual), tolerance);
    }

    public static double[] Numbers(Tensor values) => values.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
