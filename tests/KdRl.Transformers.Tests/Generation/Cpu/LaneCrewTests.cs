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
