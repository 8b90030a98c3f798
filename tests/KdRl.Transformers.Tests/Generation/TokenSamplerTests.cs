using KdRl.Rollouts;
using KdRl.Transformers.Generation;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation;

[Collection("torch")]
public class TokenSamplerTests
{
    private static readonly float[] Logits = [2, 0, -1, 1, 0.5f, -3, 1.5f];

    private static double[] Softmax(double temperature)
    {
        var weights = Logits.Select(l => Math.Exp(l / temperature)).ToArray();
        return [.. weights.Select(w => w / weights.Sum())];
    }

    /// <summary>How often each token is drawn, with the numbers that rollouts use.</summary>
    private static int[] Draw(SamplingOptions options, int count = 20_000)
    {
        using var scope = NewDisposeScope();
        using var sampler = new TokenSampler(options);
        var uniform = Enumerable.Range(0, count).Select(i => new RolloutSeed(7, $"p{i / 50}", i % 50 / 5).At(i % 5)).ToArray();
        var (tokens, logProbs) = sampler.Draw(tensor(Logits).unsqueeze(0).expand(count, Logits.Length), tensor(uniform).unsqueeze(1));
        var counts = new int[Logits.Length];
        var natural = Softmax(options.Temperature);
        foreach (var (token, logProb) in tokens.data<long>().Zip(logProbs.data<float>()))
        {
            counts[token]++;
            Assert.Equal(Math.Log(natural[token]), logProb, 1e-5);
        }
        return counts;
    }

    private static void Fits(int[] counts, double[] probabilities)
    {
        var total = counts.Sum();
        var chi = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (probabilities[i] == 0) Assert.Equal(0, counts[i]);
            else chi += Math.Pow(counts[i] - total * probabilities[i], 2) / (total * probabilities[i]);
        }
        // 99.9th percentile of chi-square with 6 degrees of freedom.
        Assert.True(chi < 22.46, $"chi-square is {chi}");
    }

    private static double[] Only(double[] probabilities, params int[] kept)
    {
        var mass = kept.Sum(i => probabilities[i]);
        return [.. probabilities.Select((p, i) => kept.Contains(i) ? p / mass : 0)];
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(2.0)]
    public void Draw_NoTruncation_FollowsTheSoftmax(double temperature) => Fits(Draw(new() { Temperature = temperature }), Softmax(temperature));

    [Fact]
    public void Draw_TopK_KeepsTheMostLikely() => Fits(Draw(new() { TopK = 3 }), Only(Softmax(1), 0, 6, 3));

    [Fact]
    public void Draw_TopKOfAll_ChangesNothing() => Fits(Draw(new() { TopK = 100 }), Softmax(1));

    // In order of probability: tokens 0, 6, 3, 4, 1, 2, 5.
    [Fact]
    public void Draw_TopP_KeepsTheSmallestSetOfThatMass()
    {
        var p = Softmax(1);
        Fits(Draw(new() { TopP = p[0] + p[6] + 0.001 }), Only(p, 0, 6, 3));
        Fits(Draw(new() { TopP = p[0] + p[6] - 0.001 }), Only(p, 0, 6));
        Fits(Draw(new() { TopP = 1e-6 }), Only(p, 0));
    }

    [Fact]
    public void Draw_MinP_KeepsTokensWithThatShareOfTheBest()
    {
        var p = Softmax(1);
        Fits(Draw(new() { MinP = p[3] / p[0] - 0.001 }), Only(p, 0, 6, 3));
        Fits(Draw(new() { MinP = p[3] / p[0] + 0.001 }), Only(p, 0, 6));
        Fits(Draw(new() { MinP = 1 }), Only(p, 0));
    }

    [Fact]
    public void Draw_TopPAfterTopK_CountsMassAmongTheTopK()
    {
        var p = Softmax(1);
        var two = p[0] / (p[0] + p[6]);
        Fits(Draw(new() { TopK = 2, TopP = two - 0.001 }), Only(p, 0));
        Fits(Draw(new() { TopK = 2, TopP = two + 0.001 }), Only(p, 0, 6));
    }

    [Fact]
    public void Draw_ExtremeUniform_NeverTakesAnImpossibleToken()
    {
        using var scope = NewDisposeScope();
        using var sampler = new TokenSampler(new());
        var logits = tensor([float.NegativeInfinity, 0, 1, float.NegativeInfinity]).unsqueeze(0).expand(2, 4);
        var (tokens, _) = sampler.Draw(logits, tensor([0, 1 - Math.Pow(2, -48)]).unsqueeze(1));
        Assert.Equal([1, 2], tokens.data<long>().ToArray());
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(40 * 256)]
    public void Draw_LargeVocabulary_TakesTheTokenWhereTheCumulativeSumPasses(int vocabulary)
    {
        using var scope = NewDisposeScope();
        using var sampler = new TokenSampler(new());
        var random = new Random(vocabulary);
        // Two tokens in three are impossible, whole blocks of them at both ends.
        var logits = Enumerable.Range(0, vocabulary).Select(i => i < 600 || i > vocabulary - 300 || i % 3 > 0 ? float.NegativeInfinity : 3 * random.NextSingle()).ToArray();
        var uniform = Enumerable.Range(0, 300).Select(i => new RolloutSeed(1, "a", 0).At(i)).Append(0).Append(1 - Math.Pow(2, -48)).ToArray();
        var (tokens, logProbs) = sampler.Draw(tensor(logits).unsqueeze(0).expand(uniform.Length, vocabulary), tensor(uniform).unsqueeze(1));
        var weights = logits.Select(l => Math.Exp(l)).ToArray();
        var total = weights.Sum();
        for (var i = 0; i < uniform.Length; i++)
        {
            var token = (int)tokens[i].item<long>();
            Assert.True(weights[token] > 0);
            Assert.Equal(Math.Log(weights[token] / total), logProbs[i].item<float>(), 1e-5);
            // 32-bit weights: the sums agree to some 1e-6.
            var before = weights.Take(token).Sum() / total;
            Assert.InRange(uniform[i], before - 1e-6, before + weights[token] / total + 1e-6);
        }
    }

    [Fact]
    public void RolloutSeed_EveryPart_Matters()
    {
        double[] numbers =
        [
            new RolloutSeed(1, "a", 0).At(0), new RolloutSeed(2, "a", 0).At(0), new RolloutSeed(1, "b", 0).At(0), new RolloutSeed(1, "a", 1).At(0),
            new RolloutSeed(1, "a", 0).At(1), new RolloutSeed(-1, "", 0).At(0),
        ];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.All(numbers, u => Assert.InRange(u, 0, 1 - Math.Pow(2, -48)));
        // Fixed for good: old runs must be reproducible.
        Assert.Equal(0.7529425350790255, new RolloutSeed(1, "a", 0).At(0));
        Assert.Equal(0.5289130502116457, new RolloutSeed(7, "p3", 2).At(9));
    }
}
