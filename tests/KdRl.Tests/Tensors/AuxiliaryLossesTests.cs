using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class AuxiliaryLossesTests
{
    [Fact]
    public void AddTo_NothingCollected_IsTheLossItself()
    {
        using var scope = NewDisposeScope();
        using var auxiliary = AuxiliaryLosses.Collect();
        var loss = ones([]);
        Assert.Same(loss, auxiliary.AddTo(loss, 3));
        Assert.Equal((0, 0.0), (auxiliary.Count, auxiliary.Total));
    }

    [Fact]
    public void AddTo_Losses_AddsTheirSumTimesTheWeight()
    {
        using var scope = NewDisposeScope();
        var w = ones([]).requires_grad_(true);
        using var auxiliary = AuxiliaryLosses.Collect();
        AuxiliaryLosses.Add(w * 2);
        AuxiliaryLosses.Add(w.to(ScalarType.Float64) * 3);
        Assert.Equal(5.0, auxiliary.Total);
        var total = auxiliary.AddTo(w * 7, 0.5);
        Assert.Equal(9.5f, total.item<float>());
        total.backward();
        Assert.Equal(9.5f, w.grad!.item<float>());
    }

    [Fact]
    public void Add_InAnInnerScope_OutlivesIt()
    {
        var before = Tensor.TotalCount;
        using (var auxiliary = AuxiliaryLosses.Collect())
        {
            using (NewDisposeScope()) AuxiliaryLosses.Add(full([], 4f));
            Assert.Equal(4.0, auxiliary.Total);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Add_NobodyCollectsOrNoGradients_HasNoEffect()
    {
        using var scope = NewDisposeScope();
        Assert.False(AuxiliaryLosses.AreWanted);
        AuxiliaryLosses.Add(ones([]));
        using var auxiliary = AuxiliaryLosses.Collect();
        Assert.True(AuxiliaryLosses.AreWanted);
        using (no_grad())
        {
            Assert.False(AuxiliaryLosses.AreWanted);
            AuxiliaryLosses.Add(ones([]));
        }
        using (var inner = AuxiliaryLosses.Collect())
        {
            AuxiliaryLosses.Add(ones([]));
            Assert.Equal(1, inner.Count);
        }
        Assert.Equal(0, auxiliary.Count);
        AuxiliaryLosses.Add(ones([]));
        Assert.Equal(1, auxiliary.Count);
        Assert.Throws<ArgumentException>(() => AuxiliaryLosses.Add(ones(2)));
    }
}
