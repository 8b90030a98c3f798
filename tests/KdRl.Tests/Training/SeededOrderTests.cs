using KdRl.Training;

namespace KdRl.Tests.Training;

public class SeededOrderTests
{
    private static readonly int[] Items = [.. Enumerable.Range(0, 7)];

    [Fact]
    public void Take_Epoch_HoldsEachItemOnce()
    {
        var order = new SeededOrder<int>(Items, 3);

        Assert.Equal(Items, order.Take(0, 7).Order());
        Assert.Equal(Items, order.Take(7, 7).Order());
        Assert.NotEqual(order.Take(0, 7), order.Take(7, 7));
    }

    [Fact]
    public void Take_FromACursor_EqualsTheTailOfAnUnbrokenDraw()
    {
        var whole = new SeededOrder<int>(Items, 3).Take(0, 40);

        for (var cursor = 0; cursor < 40; cursor++) Assert.Equal(whole.Skip(cursor), new SeededOrder<int>(Items, 3).Take(cursor, 40 - cursor));
    }

    [Fact]
    public void Take_OtherSeed_OtherOrder() => Assert.NotEqual(new SeededOrder<int>(Items, 1).Take(0, 14), new SeededOrder<int>(Items, 2).Take(0, 14));
}
