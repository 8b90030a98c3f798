using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class TorchThreadTests
{
    [Fact]
    public async Task RunAsync_Work_RunsOnOneNamedThreadInOrder()
    {
        using var thread = new TorchThread("policy");
        var order = new List<int>();
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => thread.RunAsync(() =>
        {
            order.Add(i);
            return (Environment.CurrentManagedThreadId, Thread.CurrentThread.Name);
        })));
        Assert.Equal(Enumerable.Range(0, 50), order);
        Assert.Equal("policy", Assert.Single(ids.Distinct()).Name);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task RunAsync_Tensors_AreDisposedUnlessMovedOut(bool fence)
    {
        using var thread = new TorchThread(fence: fence);
        var (kept, gone) = await thread.RunAsync(() => (ones(2).MoveToOuterDisposeScope(), ones(2)));
        using (kept) Assert.Equal(2, kept.sum().item<float>());
        Assert.True(gone.IsInvalid);
    }

    [Fact]
    public async Task RunAsync_BodyThrows_PassesTheExceptionAndGoesOn()
    {
        using var thread = new TorchThread();
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => thread.RunAsync(() => throw new InvalidDataException("why")));
        Assert.Equal("why", error.Message);
        Assert.Equal(3, await thread.RunAsync(() => 3));
    }

    [Fact]
    public async Task RunAsync_CancelledWhileItWaits_EndsAtOnceAndNeverRuns()
    {
        using var thread = new TorchThread();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var first = thread.RunAsync(gate.Wait);
        var ran = false;
        var second = thread.RunAsync(() => ran = true, cancel.Token);
        await cancel.CancelAsync();
        // The thread is still busy with the first.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(first.IsCompleted);
        gate.Set();
        await first;
        await thread.RunAsync(() => { });
        Assert.False(ran);
        Assert.True(thread.RunAsync(() => 1, cancel.Token).IsCanceled);
    }

    [Fact]
    public async Task RunAsync_BodyCancelled_TaskIsCancelled()
    {
        using var thread = new TorchThread();
        using var cancel = new CancellationTokenSource();
        var task = thread.RunAsync(() => { cancel.Cancel(); cancel.Token.ThrowIfCancellationRequested(); }, cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.True(task.IsCanceled);
    }

    [Fact]
    public async Task RunAsync_FromAWorkItem_RunsAtOnce()
    {
        using var thread = new TorchThread();
        var inner = await thread.RunAsync(() =>
        {
            var task = thread.RunAsync(() => Environment.CurrentManagedThreadId);
            Assert.True(task.IsCompletedSuccessfully);
            return task.Result == Environment.CurrentManagedThreadId;
        });
        Assert.True(inner);
    }

    [Fact]
    public async Task Dispose_QueuedWork_FinishesAndLaterCallsAreRefused()
    {
        var thread = new TorchThread("policy");
        using var gate = new ManualResetEventSlim();
        var first = thread.RunAsync(gate.Wait);
        var queued = thread.RunAsync(() => 5);
        var disposing = Task.Run(thread.Dispose);
        gate.Set();
        await disposing;
        Assert.True(first.IsCompletedSuccessfully);
        Assert.Equal(5, await queued);
        var error = Assert.Throws<ObjectDisposedException>(() => { _ = thread.RunAsync(() => 1); });
        Assert.Contains("policy", error.Message);
        thread.Dispose();
    }

    [Fact]
    public async Task Dispose_FromAWorkItem_DoesNotWaitForItself()
    {
        var thread = new TorchThread();
        await thread.RunAsync(thread.Dispose);
        Assert.Throws<ObjectDisposedException>(() => { _ = thread.RunAsync(() => 1); });
    }

    [Fact]
    public async Task RunAsync_FencedThreadsAtOnce_ShareTheRegionAndLeaveIt()
    {
        using var one = new TorchThread("one", fence: true);
        using var two = new TorchThread("two", fence: true);
        var collections = await Task.WhenAll(new[] { one, two }.Select(thread => thread.RunAsync(() =>
        {
            var before = GC.CollectionCount(0);
            for (var i = 0; i < 200; i++) _ = new byte[4096];
            return GC.CollectionCount(0) - before;
        })));
        Assert.Equal([0, 0], collections);
        await one.RunAsync(() => { });
        await two.RunAsync(() => { });
        one.Dispose();
        two.Dispose();
        Assert.NotEqual(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
    }

    [Fact]
    public async Task RunAsync_MoreAllocatedThanTheRegionHolds_StillSucceeds()
    {
        using var thread = new TorchThread(fence: true);
        for (var round = 0; round < 2; round++)
            Assert.Equal(100, await thread.RunAsync(() => Enumerable.Range(0, 100).Count(_ => new byte[1 << 20].Length > 0)));
        Assert.Equal(1, await thread.RunAsync(() => 1));
    }

    [Fact]
    public async Task RunAsync_GarbageOfManyFencedItems_IsCollected()
    {
        using var thread = new TorchThread(fence: true);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 400; i++) await thread.RunAsync(() => { for (var j = 0; j < 16; j++) _ = new byte[1 << 16]; });

        Assert.InRange(GC.GetTotalMemory(false) - before, long.MinValue, 128L << 20);
    }

    [Fact]
    public async Task Constructor_Threads_HoldForItsOwnThreadAndOthersComputeAlone()
    {
        var found = get_num_threads();
        try
        {
            using var three = new TorchThread(threads: 3);
            using var two = new TorchThread(threads: 2);
            // Asked before anything is awaited: the test may go on on a thread that has computed before and has a number of its own.
            Assert.Equal(1, get_num_threads());

            Assert.Equal(3, await three.RunAsync(get_num_threads));
            Assert.Equal(2, await two.RunAsync(get_num_threads));
            using var fresh = new TorchThread();
            Assert.Equal(1, await fresh.RunAsync(get_num_threads));
        }
        finally
        {
            set_num_threads(found);
        }
    }

    [Fact]
    public void Constructor_NoThreads_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new TorchThread(threads: 0));
}
