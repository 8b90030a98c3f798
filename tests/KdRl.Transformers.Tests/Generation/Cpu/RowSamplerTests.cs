using KdRl.Transformers.Generation.Cpu;

namespace KdRl.Transformers.Tests.Generation.Cpu;

public class RowSamplerTests
{
    private static (int Token, float LogProb) Draw(float[] logits, double? uniform) => RowSampler.Draw(logits, uniform, new double[logits.Length / 256 + 1]);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(256)]
    [InlineData(5000)]
    public void Draw_AnyUniform_TakesTheTokenWhereTheCumulativeSumPasses(int vocabulary)
    {
        var random = new Random(vocabulary);
        // Two tokens in three are impossible, whole blocks of them at both ends.
        var logits = Enumerable.Range(0, vocabulary)
            .Select(i => vocabulary > 1000 && (i < 600 || i > vocabulary - 300) || vocabulary > 1 && i % 3 != 1 ? float.NegativeInfinity : 4 * random.NextSingle() - 2).ToArray();
        var weights = logits.Select(logit => Math.Exp(logit)).ToArray();
        var total = weights.Sum();
        foreach (var uniform in Enumerable.Range(0, 500).Select(_ => random.NextDouble()).Concat([0, 0.5, 1 - Math.Pow(2, -53)]))
        {
            var (token, logProb) = Draw(logits, uniform);
            Assert.True(weights[token] > 0);
            Assert.Equal(Math.Log(weights[token] / total), logProb, 1e-5);
            // 32-bit weights: the sums agree to some 1e-6.
            var before = weights.Take(token).Sum() / total;
            Assert.InRange(uniform, before - 2e-6, before + weights[token] / total + 2e-6);
        }
    }

    [Fact]
    public void Draw_Greedy_TakesTheFirstOfTheLargest()
    {
        float[] logits = [.. Enumerable.Repeat(-1f, 300)];
        logits[40] = logits[299] = 3;
        var (token, logProb) = Draw(logits, null);
        Assert.Equal(40, token);
        Assert.Equal(-Math.Log(2 + 298 * Math.Exp(-4)), logProb, 1e-5);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Draw_LogitsThatAreNoNumbers_GivesALogProbThatIsNone(float bad)
    {
        var logits = new float[600];
        logits[5] = bad;
        foreach (var uniform in new double?[] { null, 0.3 })
        {
            var (token, logProb) = Draw(logits, uniform);
            Assert.InRange(token, 0, 599);
            Assert.True(float.IsNaN(logProb));
        }
        Assert.True(float.IsNaN(Draw([float.NegativeInfinity, float.NegativeInfinity], 0.5).LogProb));
    }
}
