using KdRl.Transformers.Generation.Cpu;

namespace KdRl.Transformers.Tests.Generation.Cpu;

public class RowKernelsTests
{
    [Fact]
    public void SwiGlu_GatesOfAnySize_AreSiluTimesUp()
    {
        float[] gates = [-1e30f, -1000, -100, -88.8f, -88.7f, -20, -1, -1e-30f, 0, 1e-30f, 1, 20, 88.8f, 1000, 1e30f, float.NaN];
        var y = new float[16];
        RowKernels<float, Float32Format>.SwiGlu(gates, [.. Enumerable.Repeat(2f, 16)], y);
        Assert.True(float.IsNaN(y[15]));
        for (var i = 0; i < 15; i++)
        {
            var expected = 2 * gates[i] / (1 + Math.Exp(-(double)gates[i]));
            // Where the exact result is next to nothing, a part in 10³⁸ of the gate may be left.
            Assert.Equal(expected, y[i], Math.Max(1e-6 * Math.Abs(expected), 1e-38 * Math.Abs((double)gates[i])));
        }
    }
}
