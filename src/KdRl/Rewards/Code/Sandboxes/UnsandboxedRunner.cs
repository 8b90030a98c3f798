namespace KdRl.Rewards.Code;

/// <summary>
/// Runs programs as plain processes of this machine, WITHOUT a sandbox: they can read your files and reach your network. Only for programs
/// that you trust, or inside a virtual machine made for them. Nothing uses it unless you name it.
/// </summary>
/// <remarks>Limits of CPU, wall time, address space, file size and output hold; memory of several processes and their number is not limited. Linux only.</remarks>
public sealed class UnsandboxedRunner : ISandbox, IAsyncDisposable
{
    private readonly WorkerPool pool;
    private readonly DirectoryInfo folder;

    /// <summary>Prepares to run programs.</summary>
    /// <param name="python">The Python 3 that runs the supervisor, and Python answers.</param>
    /// <param name="workers">Programs that run at one time; null for the number of processors.</param>
    /// <param name="time">Measures <see cref="SandboxLimits.LostAfterSeconds"/>; null for the system's clock.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is not positive.</exception>
    /// <exception cref="SandboxUnavailableException">Python is not installed, or this is not Linux.</exception>
    public UnsandboxedRunner(string python = "/usr/bin/python3", int? workers = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers ?? 1, nameof(workers));
        if (!OperatingSystem.IsLinux() || BubblewrapCommand.Find(python) is not { } found)
            throw new SandboxUnavailableException($"Programs are run with Python on Linux; '{python}' is not there.");
        folder = Directory.CreateTempSubdirectory("kdrl-run-");
        string[] command = [found, "-s", "-S", "-c", CodeScripts.Supervisor, "none", "0", folder.FullName, .. CodeScripts.Prepared];
        var start = BubblewrapCommand.StartInfo(command);
        start.WorkingDirectory = folder.FullName;
        pool = new WorkerPool(workers ?? Environment.ProcessorCount, () => new SandboxWorker(start), keepWarm: true, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public ValueTask<SandboxResult> RunAsync(SandboxProgram program, CancellationToken ct = default) => pool.RunAsync(program, ct);

    /// <inheritdoc/>
    public ValueTask<SandboxDialogue> ExamineAsync(SandboxProgram program, SandboxProgram examiner, string verdict, CancellationToken ct = default) =>
        pool.ExamineAsync(program, examiner, verdict, ct);

    /// <summary>Ends what runs, cancels what waits, and deletes the folder of the runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await pool.DisposeAsync().ConfigureAwait(false);
        folder.Delete(recursive: true);
    }
}
