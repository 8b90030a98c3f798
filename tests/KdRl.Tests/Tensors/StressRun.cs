using KdRl.Tensors;
using KdRl.Training.Optimization;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

/// <summary>
/// Trains a small model over and over from the same start while another thread keeps the garbage collector busy, and compares
/// the weights of each round with those of a round in peace: a scalar that was freed in use shows as other bits, or as a crash.
/// </summary>
internal static class StressRun
{
    private const int StepsPerRound = 10;

    /// <summary>What the other thread does.</summary>
    public enum Disturbance { None, Allocates, ForcesCollections }

    /// <summary>Runs rounds until the time is over; returns the number of rounds, and what failed.</summary>
    public static async Task<(int Rounds, IReadOnlyList<string> Failures)> RunAsync(bool userStyle, bool fence, Disturbance disturbance, TimeSpan duration)
    {
        // One thread an operation: helpers of a second that wait for a busy processor would make a round last seconds.
        var threads = get_num_threads();
        using var thread = new TorchThread("stress", fence);
        await thread.RunAsync(() => TorchRuntime.SetThreads(1));
        var expected = await thread.RunAsync(() => Begin(userStyle));
        using var stop = new CancellationTokenSource();
        var other = new Thread(() => Disturb(disturbance, stop.Token)) { IsBackground = true };
        other.Start();
        var rounds = 0;
        List<string> failures = [];
        var end = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        for (; Environment.TickCount64 < end; rounds++)
        {
            try
            {
                var found = await RoundAsync(thread, userStyle);
                if (!found.AsSpan().SequenceEqual(expected)) failures.Add("other bits");
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failures.Add($"{e.GetType().Name}: {e.Message}");
            }
        }
        await stop.CancelAsync();
        other.Join();
        TorchRuntime.SetThreads(threads);
        return (rounds, failures);
    }

    private static byte[] Begin(bool userStyle)
    {
        using var trainee = new Trainee(userStyle);
        for (var i = 0; i < StepsPerRound; i++) trainee.Step();
        return trainee.Weights();
    }

    /// <summary>Each step is a work item of its own, as in a trainer.</summary>
    private static async Task<byte[]> RoundAsync(TorchThread thread, bool userStyle)
    {
        var trainee = await thread.RunAsync(() => new Trainee(userStyle));
        try
        {
            for (var i = 0; i < StepsPerRound; i++) await thread.RunAsync(trainee.Step);
            return await thread.RunAsync(trainee.Weights);
        }
        finally
        {
            await thread.RunAsync(trainee.Dispose);
        }
    }

    private static void Disturb(Disturbance disturbance, CancellationToken stop)
    {
        byte[]? kept = null;
        while (!stop.IsCancellationRequested)
        {
            if (disturbance == Disturbance.None) Thread.Sleep(10);
            else if (disturbance == Disturbance.ForcesCollections) GC.Collect(0, GCCollectionMode.Forced);
            else kept = new byte[4096];
        }
        GC.KeepAlive(kept);
    }

    private sealed class Trainee : IDisposable
    {
        private readonly nn.Module module;
        private readonly AdamW optimizer;
        private readonly Tensor ids;
        private readonly Tensor mask;
        private readonly Tensor teacher;

        public Trainee(bool userStyle)
        {
            module = userStyle ? new TinyCausalModel() : new RootedModel();
            // Made inside a work item, they would die with its scope.
            foreach (var parameter in module.parameters()) parameter.DetachFromDisposeScope();
            optimizer = new AdamW(module, new AdamWOptions { WeightDecay = 0.1 });
            ids = Kept(tensor([1L, 4, 2, 7, 7, 3, 5, 1, 0, 2, 0, 0], [2, 6]));
            mask = Kept(tensor([false, false, true, true, false, true, false, true, true, true, false, false], [2, 6]));
            teacher = Kept(((ICausalModel)module).OutputWeight.detach().neg());
        }

        public void Step()
        {
            var model = (ICausalModel)module;
            var scores = SequenceScorer.Score(model, ids, mask, 0.9, withEntropy: true);
            var hidden = model.Hidden(ids, Ranges.Positions(2, 6, ids.device), null).reshape(12, -1);
            var divergence = OutputHead.ReverseKl(hidden, model.OutputWeight, hidden, teacher, 1.1, chunkBytes: 500);
            var loss = divergence.mean().sub(scores.LogProbs.mean()).sub(scores.Entropy!.mean().mul(Scalars.Half));
            loss.backward();
            if (!optimizer.Step(0.01).Applied) throw new InvalidOperationException("the gradient was not finite");
        }

        public byte[] Weights()
        {
            using var stream = new MemoryStream();
            optimizer.Save(stream);
            return stream.ToArray();
        }

        public void Dispose()
        {
            optimizer.Dispose();
            module.Dispose();
            ids.Dispose();
            mask.Dispose();
            teacher.Dispose();
        }

        private static Tensor Kept(Tensor tensor) => tensor.DetachFromDisposeScope();
    }

    /// <summary>The model written as this library writes tensor code: no scalar is made on the fly.</summary>
    private sealed class RootedModel : nn.Module, ICausalModel
    {
        private readonly TorchSharp.Modules.Embedding embedding;
        private readonly TorchSharp.Modules.Linear inner;

        public RootedModel() : base("rooted")
        {
            manual_seed(1);
            embedding = nn.Embedding(18, 16);
            inner = nn.Linear(16, 16);
            RegisterComponents();
        }

        public Tensor OutputWeight => embedding.weight!;

        public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention)
        {
            var x = embedding.call(ids);
            var mean = x.cumsum(1).div(positions.add(Scalars.One, Scalars.One).unsqueeze(-1));
            return mean.add(inner.call(x).tanh(), Scalars.Two);
        }
    }
}
