using Microsoft.Extensions.Options;

namespace KdRl.Rewards.Code;

/// <summary>Runs programs in bubblewrap sandboxes on this machine (Linux).</summary>
/// <remarks>
/// A program sees the system's <c>/usr</c> read-only, an empty folder in memory, no network, no other process, no environment of the host; it
/// has no capability, cannot make namespaces, and is limited in everything it can use up (<see cref="SandboxLimits"/>). The kernel ends all it
/// started when it ends. A sandbox is kept and gives each program namespaces of its own (<see cref="BubblewrapOptions.KeepWarm"/>). Workers
/// end with this process, however it ends.
/// </remarks>
public sealed class BubblewrapSandbox : ISandbox, IAsyncDisposable
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromMinutes(1);
    private readonly WorkerPool pool;

    private BubblewrapSandbox(BubblewrapOptions options, bool isWarm, TimeProvider time)
    {
        IsWarm = isWarm;
        pool = new WorkerPool(options.Workers, () => new SandboxWorker(BubblewrapCommand.StartInfo(options, isWarm)), isWarm, time);
    }

    /// <summary>Whether sandboxes are kept for many programs; otherwise each is made for one.</summary>
    public bool IsWarm { get; }

    /// <summary>Makes a sandbox, after a probe that it works here.</summary>
    /// <param name="options">Settings, not to be changed afterwards; null for the defaults.</param>
    /// <param name="time">Measures <see cref="SandboxLimits.LostAfterSeconds"/>; null for the system's clock.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    /// <exception cref="SandboxUnavailableException">bubblewrap or Python is missing, or the system does not let bubblewrap work; the message says what helps.</exception>
    public static BubblewrapSandbox Create(BubblewrapOptions? options = null, TimeProvider? time = null)
    {
        options ??= new BubblewrapOptions();
        var ranges = new SandboxOptionsRanges().Validate(null, options);
        if (ranges.Failed) throw new OptionsValidationException(nameof(BubblewrapOptions), typeof(BubblewrapOptions), ranges.Failures);
        BubblewrapCommand.ThrowIfMissing(options);
        var reason = "";
        foreach (var isWarm in options.KeepWarm is { } one ? [one] : new[] { true, false })
        {
            if (Probe(options, isWarm, time ?? TimeProvider.System) is not { } failure) return new BubblewrapSandbox(options, isWarm, time ?? TimeProvider.System);
            reason = failure;
        }
        throw new SandboxUnavailableException(
            $"bubblewrap does not work here, so no program is run: {reason}\nIt needs unprivileged user namespaces and an unmasked /proc; " +
            "containers often forbid both (with Docker: --security-opt seccomp=unconfined --security-opt systempaths=unconfined), and Ubuntu needs an AppArmor profile for bwrap.");
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The sandbox was disposed.</exception>
    public ValueTask<SandboxResult> RunAsync(SandboxProgram program, CancellationToken ct = default) => pool.RunAsync(program, ct);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The sandbox was disposed.</exception>
    public ValueTask<SandboxDialogue> ExamineAsync(SandboxProgram program, SandboxProgram examiner, string verdict, CancellationToken ct = default) =>
        pool.ExamineAsync(program, examiner, verdict, ct);

    /// <summary>Ends what runs, cancels what waits, and leaves no process behind.</summary>
    public ValueTask DisposeAsync() => pool.DisposeAsync();

    /// <summary>Runs the smallest program; null when that worked, or why it did not.</summary>
    private static string? Probe(BubblewrapOptions options, bool isWarm, TimeProvider time)
    {
        using var worker = new SandboxWorker(BubblewrapCommand.StartInfo(options, isWarm));
        using var deadline = time.CreateTimer(_ => worker.Kill(), null, ProbeTime, Timeout.InfiniteTimeSpan);
        try
        {
            worker.Begin(new SandboxProgram(["python3", "probe.py"], SandboxProgram.File("probe.py", "print(6 * 7)"), new SandboxLimits()), isDialogue: false);
            return worker.Next() is { Kind: SandboxFrameKind.End } ? null : "the sandbox broke its protocol.";
        }
        catch (IOException e)
        {
            return $"{e.Message} {worker.LastWords()}".Trim();
        }
    }
}
