using KdRl.Distillation;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

/// <summary>Vocabularies so large that a chunk's softmax is taken block by block, and heads whose logits are kept in a low-precision dtype.</summary>
[Collection("torch")]
public class OutputHeadBlocksTests
{
    // 4 MiB hold the float64 softmax of 104 tokens.
    private const int Rows = 250, Width = 6, Vocabulary = 5000;

    public static TheoryData<double, long> Cases() => new() { { 1, OutputHead.DefaultChunkBytes }, { 1, 240L * Vocabulary * 8 }, { 0.3, OutputHead.DefaultChunkBytes }, { 0, 240L * Vocabulary * 8 } };

    [Theory, MemberData(nameof(Cases))]
    public void Score_SeveralBlocks_EqualsFullLogitsInValueAndGradient(double beta, long chunkBytes)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs(ScalarType.Float64);
        var (fullHidden, fullWeight) = (Leaf(hidden), Leaf(weight));
        var teacher = new TeacherHead(randn(Rows, 3, ScalarType.Float64), randn(Vocabulary, 3, ScalarType.Float64), 1.4, beta);
        var (a, b) = (linspace(-1, 2, Rows, ScalarType.Float64), linspace(3, -0.5, Rows, ScalarType.Float64));
        var logits = nn.functional.linear(fullHidden, fullWeight) / 0.8;
        var logProbs = logits.log_softmax(-1);
        var divergence = GeneralisedJsd.Exact(logits, nn.functional.linear(teacher.Hidden, teacher.Weight) / 1.4, beta);

        var scores = OutputHead.Score(hidden, weight, targets, 0.8, true, chunkBytes, teacher);

        (scores.LogProbs.mul(a) + scores.Entropy!.mul(b) + scores.Divergence!.mul(b)).sum().backward();
        (logProbs.gather(1, targets.unsqueeze(1)).squeeze(1) * a - (logProbs.exp() * logProbs).sum(-1) * b + divergence * b).sum().backward();
        Assert.InRange(Difference(logProbs.gather(1, targets.unsqueeze(1)).squeeze(1), scores.LogProbs), 0, 1e-12);
        Assert.InRange(Difference(divergence, scores.Divergence!), 0, 1e-12);
        Assert.InRange(Difference(fullHidden.grad!, hidden.grad!), 0, 1e-11);
        Assert.InRange(Difference(fullWeight.grad!, weight.grad!), 0, 1e-11);
    }

    [Theory, InlineData(1), InlineData(32)]
    public void Reduce_BFloat16_GradientsEqualThoseOfFloat32LogitsToItsPrecision(int chunks)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs(ScalarType.BFloat16);
        var (fullHidden, fullWeight) = (Leaf(hidden.to(ScalarType.Float32)), Leaf(weight.to(ScalarType.Float32)));
        var (a, b) = (linspace(-1, 2, Rows), linspace(0.2, 0.1, Rows));
        var teacher = new TeacherHead(randn(Rows, 3), randn(Vocabulary, 3));
        var logits = nn.functional.linear(fullHidden, fullWeight);
        var (logProbs, other) = (logits.log_softmax(-1), nn.functional.linear(teacher.Hidden, teacher.Weight).log_softmax(-1));

        OutputHead.Reduce(hidden, weight, targets, (start, s) =>
        {
            Tensor Part(Tensor of) => of.narrow(0, start, s.LogProbs.shape[0]);
            return (s.LogProbs * Part(a) + (s.Entropy! + s.Divergence!) * Part(b)).sum();
        }, withEntropy: true, chunkBytes: (Rows + chunks - 1) / chunks * 2L * Vocabulary, teacher: teacher).backward();

        var probs = logProbs.exp();
        (logProbs.gather(1, targets.unsqueeze(1)).squeeze(1) * a + ((probs * (logProbs - other)).sum(-1) - (probs * logProbs).sum(-1)) * b).sum().backward();
        Assert.InRange(Difference(fullHidden.grad!, hidden.grad!.to(ScalarType.Float32)), 0, 2e-2);
        Assert.InRange(Difference(fullWeight.grad!, weight.grad!.to(ScalarType.Float32)), 0, 2e-2);
    }

    [Fact]
    public void Score_BFloat16TargetNearlyCertain_KeepsWhatIsLeftOfItsGradient()
    {
        using var scope = NewDisposeScope();
        // Two tokens with log-odds of 7: 1 − p = 9.1e-4, which a bfloat16 p, 0.999, would round to nothing.
        var (hidden, weight) = (Leaf(tensor(new float[,] { { 1 } }).to(ScalarType.BFloat16)), Leaf(tensor(new float[,] { { 7 }, { 0 } }).to(ScalarType.BFloat16)));
        OutputHead.Score(hidden, weight, zeros(1, ScalarType.Int64)).LogProbs.sum().backward();
        var rest = 1 / (1 + Math.Exp(7));
        Assert.Equal(rest, weight.grad![0, 0].to(ScalarType.Float64).item<double>(), 0.01 * rest);
        Assert.Equal(-rest, weight.grad![1, 0].to(ScalarType.Float64).item<double>(), 0.01 * rest);
    }

    [Fact]
    public void Score_TokensOfProbabilityZero_GiveTheEntropyAFiniteGradient()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight) = (Leaf(ones(1, 1)), Leaf(tensor(new float[,] { { 500 }, { 499 }, { -500 } })));
        OutputHead.Score(hidden, weight, zeros(1, ScalarType.Int64), withEntropy: true).Entropy!.sum().backward();
        // p = (σ(1), σ(−1), 0): ∂H/∂z₀ = −p₀ (log p₀ + H) = −p₀ p₁ log(p₀ / p₁) = −p₀ p₁.
        var product = 1 / (1 + Math.Exp(-1)) / (1 + Math.Exp(1));
        Assert.Equal(-product, weight.grad![0, 0].item<float>(), 1e-5);
        Assert.Equal(product, weight.grad![1, 0].item<float>(), 1e-5);
        Assert.Equal(0, weight.grad![2, 0].item<float>());
    }

    [Fact]
    public void Reduce_NoOtherWorkOnTheLoss_GivesTheSameGradientsAsAScaledLoss()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs(ScalarType.Float64);
        var (otherHidden, otherWeight) = (Leaf(hidden), Leaf(weight));
        OutputHead.Reduce(hidden, weight, targets, (_, s) => s.LogProbs.sum()).backward();
        (OutputHead.Reduce(otherHidden, otherWeight, targets, (_, s) => s.LogProbs.sum() / 4) * 4).backward();
        Assert.InRange(Difference(otherHidden.grad!, hidden.grad!), 0, 1e-13);
        Assert.InRange(Difference(otherWeight.grad!, weight.grad!), 0, 1e-13);
    }

    private static (Tensor Hidden, Tensor Weight, Tensor Targets) Inputs(ScalarType dtype)
    {
        manual_seed(5);
        return (Leaf(randn(Rows, Width).to(dtype)), Leaf(randn(Vocabulary, Width).to(dtype)), randint(0, Vocabulary, [Rows], ScalarType.Int64));
    }

    private static Tensor Leaf(Tensor values) => values.detach().clone().requires_grad_();

    /// <summary>Largest difference in shares of the largest element.</summary>
    private static double Difference(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        return ((expected.detach() - actual.detach()).abs().max() / expected.detach().abs().max()).to(ScalarType.Float64).item<double>();
    }
}
