using KdRl.Transformers.Generation.Cpu;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation.Cpu;

[Collection("torch")]
public class LaneCrewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Meet_ManyTimes_NoLaneRunsAhead(int lanes)
    {
        var own = get_num_threads();
        using var crew = new LaneCrew(lanes);
        Assert.Equal(own, get_num_threads());
        var (at, ahead) = (new int[lanes], 0);
        crew.Run(lane =>
        {
            for (var i = 0; i < 300; i++)
            {
                Volatile.Write(ref at[lane], i);
                crew.Meet();
                for (var other = 0; other < lanes; other++)
                    if (Volatile.Read(ref at[other]) != i) Interlocked.Increment(ref ahead);
                crew.Meet();
            }
        });
        Assert.Equal(0, ahead);
        Assert.All(at, i => Assert.Equal(299, i));
    }

    [Fact]
    public void Range_AnySize_LanesTakeAllInWholeVectorsAndTheLastNotTooFew()
    {
        for (var lanes = 1; lanes <= 16; lanes++)
        {
            using var crew = new LaneCrew(lanes);
            for (var size = 0; size < 700; size++)
            {
                var end = 0;
                for (var lane = 0; lane < lanes; lane++)
                {
                    var range = crew.Range(size, lane);
                    Assert.Equal(end, range.Start);
                    end = range.End;
                    Assert.True(end >= range.Start && (lane == lanes - 1 || end % 32 == 0));
                    Assert.False(end - range.Start is 1 or 2 or 3 && size >= 4, $"{size} among {lanes}: {range}");
                }
                Assert.Equal(size, end);
            }
        }
    }

    [Fact]
    public void Run_OneLaneFails_TheOthersStopWaitingAndTheNextRunWorks()
    {
        using var crew = new LaneCrew(3);
        for (var i = 0; i < 20; i++)
        {
            var error = Assert.Throws<AggregateException>(() => crew.Run(lane =>
            {
                if (lane == 1) throw new InvalidDataException("lane 1");
                crew.Meet();
            }));
            Assert.Contains(error.InnerExceptions, inner => inner is InvalidDataException { Message: "lane 1" });
            var count = 0;
            crew.Run(_ =>
            {
                crew.Meet();
                Interlocked.Increment(ref count);
                crew.Meet();
            });
            Assert.Equal(3, count);
        }
    }
}
