using KdRl.Transformers.Generation.Cpu;
using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation.Cpu;

/// <summary>Products of tensor code by lanes are libtorch's, and are left to it where they are not for lanes.</summary>
[Collection("torch")]
public class LaneProductsTests
{
    [SkippableTheory]
    [InlineData(1, 64, 5)]
    [InlineData(2, 96, 35)]
    [InlineData(3, 32, 200)]
    [InlineData(16, 64, 520)]
    public void Linear_BFloat16_IsThePlainProduct(int lanes, int width, int outputs)
    {
        Skip.IfNot(DotProducts.AreAvailable, "This processor has no AVX512_BF16, or this system no executable memory.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var products = new LaneProducts(new LaneCrew(lanes), ownsCrew: true);
        var weight = randn(outputs, width).to(ScalarType.BFloat16);
        foreach (var x in new[] { randn(3, 7, width), randn(1, 1, width), randn(width, 5).t(), randn(9, 2 * width).narrow(1, width / 2, width) })
        {
            foreach (var bias in new[] { null, randn(outputs).to(ScalarType.BFloat16) })
            {
                var input = x.to(ScalarType.BFloat16);
                var found = products.Linear(input, weight, bias);
                Assert.NotNull(found);
                Assert.Equal([.. x.shape.SkipLast(1), outputs], found.shape);
                var exact = nn.functional.linear(input.to(ScalarType.Float32), weight.to(ScalarType.Float32), bias?.to(ScalarType.Float32));
                // Half a unit of the eighth bit, and what is left where terms cancel.
                Assert.True(found.to(ScalarType.Float32).sub(exact).abs().le(exact.abs().div(256).add(1e-4)).all().item<bool>());
            }
        }
    }

    [Fact]
    public void Linear_WhatIsNotForLanes_IsLeft()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var products = new LaneProducts(new LaneCrew(1), ownsCrew: true);
        var half = ScalarType.BFloat16;
        Assert.Null(products.Linear(randn(2, 64), randn(8, 64), null));
        Assert.Null(products.Linear(randn(2, 64).to(ScalarType.Float16), randn(8, 64).to(ScalarType.Float16), null));
        Assert.Null(products.Linear(randn(2, 48).to(half), randn(8, 48).to(half), null));
        Assert.Null(products.Linear(randn(2, 64).to(half), randn(3, 64).to(half), null));
        Assert.Null(products.Linear(randn(2, 64).to(half), randn(64, 8).to(half).t(), null));
    }

    [Fact]
    public void Use_GradientsRecorded_TakesLibtorchsProducts()
    {
        using var scope = NewDisposeScope();
        using var refusing = new Refusing();
        var (x, weight) = (randn(2, 64), randn(8, 64, requires_grad: true));
        LinearProducts.Use(refusing, () => LinearProducts.Linear(x, weight, null).sum().backward());
        Assert.NotNull(weight.grad);
        using var noGrad = no_grad();
        Assert.Throws<InvalidOperationException>(() => LinearProducts.Use(refusing, () => LinearProducts.Linear(x, weight, null)));
        Assert.False(LinearProducts.AreInUse);
    }

    private sealed class Refusing : ILinearProducts
    {
        public Tensor? Linear(Tensor x, Tensor weight, Tensor? bias) => throw new InvalidOperationException();

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
