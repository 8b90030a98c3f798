using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

[Collection("torch")]
public class SandwichBlockTests
{
    private const int Width = 24, Layers = 7;

    /// <summary>The output of each sublayer, as it is added, has the gain of its norm as root mean square.</summary>
    [Fact]
    public void Forward_AnyInput_AddsWhatHasTheGainAsRootMeanSquare()
    {
        using var scope = NewDisposeScope();
        using var _ = Seed(4);
        using var block = new SandwichBlock(nn.Linear(Width, Width), nn.Identity(), Layers, Width, 1e-12);
        var x = randn(3, 5, Width) * 10;
        var start = DepthScaledInit.For(Layers, Width);
        var attended = Halfway(block, x);
        AllNear(start.GammaAttn, (attended - x).pow(2).mean([-1]).sqrt());
        AllNear(start.GammaMlp, (block.forward(x) - attended).pow(2).mean([-1]).sqrt());
    }

    [Fact]
    public void Forward_RescaledOutputProjection_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var _ = Seed(4);
        var (inner, outer) = (nn.Linear(Width, Width, hasBias: false), nn.Linear(Width, Width, hasBias: false));
        using var block = new SandwichBlock(nn.Sequential(inner, nn.SiLU(), outer), nn.Identity(), Layers, Width, 1e-12);
        var x = randn(2, 3, Width);
        var before = block.forward(x);
        Scale(outer, 50);
        Assert.True(before.allclose(block.forward(x), 1e-4, 1e-5));
        Scale(inner, 50);
        Assert.False(before.allclose(block.forward(x), 1e-2, 1e-2));
    }

    /// <summary>L·(γ_attn² + γ_mlp²), which is 0.2667 for any depth; 2L with all gains 1, the plain sandwich.</summary>
    [Theory]
    [InlineData(10, false, 0.266713, 0.02)]
    [InlineData(94, false, 0.266713, 0.02)]
    [InlineData(10, true, 20, 1)]
    [InlineData(94, true, 188, 6)]
    public void Forward_RandomSublayers_ResidualVarianceGrowsAsTheClosedFormSays(int layers, bool isPlain, double expected, double tolerance)
    {
        const int width = 256;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var _ = Seed(6);
        var start = randn(16, 8, width);
        var x = start;
        for (var i = 0; i < layers; i++)
        {
            using var block = new SandwichBlock(nn.Linear(width, width, hasBias: false), nn.Linear(width, width, hasBias: false), layers, width);
            foreach (var (name, parameter) in block.named_parameters())
                if (isPlain && name.StartsWith("post_", StringComparison.Ordinal)) parameter.fill_(1);
            // Linear draws anew for each block, so outputs are uncorrelated.
            x = block.forward(x);
        }
        Assert.Equal(expected, (x.pow(2).mean() - start.pow(2).mean()).item<float>(), tolerance);
    }

    [Fact]
    public void Forward_Gradients_ReachGainsAndSublayers()
    {
        using var scope = NewDisposeScope();
        using var block = new SandwichBlock(nn.Linear(Width, Width), nn.Linear(Width, Width), Layers, Width);
        block.forward(randn(2, 3, Width)).pow(2).sum().backward();
        Assert.Equal(8, block.named_parameters().Count());
        Assert.All(block.named_parameters(), p => Assert.True(p.parameter.grad!.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void Forward_WrongShapes_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var block = new SandwichBlock(nn.Identity(), nn.Linear(Width, Width + 1), Layers, Width);
        Assert.Equal("input", Assert.Throws<ArgumentException>(() => block.forward(zeros(2, Width))).ParamName);
        Assert.Equal("input", Assert.Throws<ArgumentException>(() => block.forward(zeros(2, 3, Width + 1))).ParamName);
        Assert.Contains("mlp", Assert.Throws<InvalidOperationException>(() => block.forward(zeros(2, 3, Width))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SandwichBlock(nn.Identity(), nn.Identity(), 0, Width));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SandwichBlock(nn.Identity(), nn.Identity(), 1, Width, double.NaN));
    }

    /// <summary>The stream between the two sublayers: a block whose second gain is 0 adds nothing there.</summary>
    private static Tensor Halfway(SandwichBlock block, Tensor x)
    {
        using var noGrad = no_grad();
        var gain = block.get_parameter("post_mlp_norm.weight")!;
        var kept = gain.clone();
        gain.zero_();
        var result = block.forward(x).detach();
        gain.copy_(kept);
        return result;
    }

    private static void Scale(TorchSharp.Modules.Linear linear, double by)
    {
        using var noGrad = no_grad();
        linear.weight.mul_(by);
    }

    private static void AllNear(double expected, Tensor values) => Assert.True((values - expected).abs().max().item<float>() < 1e-5);

    private static Generator Seed(long seed) => manual_seed(seed);
}
