using FsCheck;
using FsCheck.Xunit;
using KdRl.Tensors;

namespace KdRl.Tests.Tensors;

public class MicroBatchesTests
{
    [Property]
    public bool Plan_AnyLengths_CoversEachOnceWithinTheBudget(NonNegativeInt[] lengths, PositiveInt budget)
    {
        int[] plain = [.. lengths.Select(l => l.Get)];
        var batches = MicroBatches.Plan(plain, budget.Get);
        return batches.SelectMany(b => b).Order().SequenceEqual(Enumerable.Range(0, plain.Length))
            && batches.All(b => b.Length > 0 && (b.Length == 1 || b.Length * b.Max(i => plain[i]) <= budget.Get));
    }

    [Fact]
    public void Plan_MixedLengths_PutsSimilarOnesTogether() =>
        Assert.Equal([[1, 3], [4, 0, 2]], MicroBatches.Plan([2, 9, 1, 8, 3], 18).Select(b => b.ToArray()).ToArray());

    [Fact]
    public void Plan_NoBudget_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => MicroBatches.Plan([1], 0));
}
