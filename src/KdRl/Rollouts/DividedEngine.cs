using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace KdRl.Rollouts;

/// <summary>
/// Several engines of one policy, each drawing for its share of the prompts at the same time. With an engine for each processor
/// and a torch thread of its own, small models draw nearly as many times faster: their operations are too short to be spread.
/// </summary>
/// <remarks>Engines whose rollouts depend on seed and prompt alone, as they should, give the same groups as one would.</remarks>
public sealed class DividedEngine : IRolloutEngine
{
    private readonly IRolloutEngine[] engines;

    /// <param name="engines">At least one; none is an <see cref="ICheckpointed"/>.</param>
    /// <exception cref="ArgumentException">There is none, or one has state that belongs into checkpoints, which would be missed.</exception>
    public DividedEngine(IReadOnlyList<IRolloutEngine> engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        if (engines.Count == 0) throw new ArgumentException("There are no engines; expected at least one.", nameof(engines));
        if (engines.OfType<ICheckpointed>().FirstOrDefault() is { } stateful)
            throw new ArgumentException($"{stateful.GetType().Name} has state of its own that belongs into checkpoints; expected engines without.", nameof(engines));
        this.engines = [.. engines];
    }

    /// <inheritdoc/>
    public long PolicyVersion
    {
        get => engines[0].PolicyVersion;
        set
        {
            foreach (var engine in engines) engine.PolicyVersion = value;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// What the engines refuse is thrown when groups are read. When one fails the others are cancelled, and its error is thrown when
    /// they have stopped.
    /// </remarks>
    public IAsyncEnumerable<RolloutGroup> GenerateAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        var bounds = Enumerable.Range(0, engines.Length + 1).Select(i => (int)((long)i * prompts.Count / engines.Length)).ToArray();
        var shares = engines.Select((engine, i) => (Start: bounds[i], End: bounds[i + 1], Engine: engine)).Where(share => share.Start < share.End)
            .Select(share => (Func<CancellationToken, IAsyncEnumerable<RolloutGroup>>)(token => share.Engine.GenerateAsync([.. prompts.Take(share.Start..share.End)], options, token))).ToArray();
        return Run(shares, ct);
    }

    private static async IAsyncEnumerable<RolloutGroup> Run(
        Func<CancellationToken, IAsyncEnumerable<RolloutGroup>>[] shares, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var channels = shares.Select(_ => Channel.CreateUnbounded<RolloutGroup>()).ToArray();
        var pumps = shares.Select((share, i) => PumpAsync(share, channels[i].Writer, stop)).ToArray();
        try
        {
            foreach (var channel in channels)
            {
                await foreach (var group in channel.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false)) yield return group;
                if (stop.IsCancellationRequested) break;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(pumps).ConfigureAwait(false);
    }

    private static async Task PumpAsync(
        Func<CancellationToken, IAsyncEnumerable<RolloutGroup>> share, ChannelWriter<RolloutGroup> writer, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var group in share(stop.Token).ConfigureAwait(false)) await writer.WriteAsync(group, stop.Token).ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            writer.Complete();
        }
    }
}
