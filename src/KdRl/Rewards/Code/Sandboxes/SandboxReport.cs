using System.Text;

namespace KdRl.Rewards.Code;

/// <summary>The end of a job as the supervisor tells it.</summary>
internal sealed record SandboxReport(int? Exit, int? Signal, string? Over, double Cpu, double Wall, byte[] Stdout, byte[] Stderr, byte[]? File)
{
    private const int SigXcpu = 24;
    private const int SigKill = 9;

    public SandboxResult ToResult(SandboxLimits limits) => new(Status(limits))
    {
        ExitCode = Exit,
        Signal = Signal,
        StandardOutput = Encoding.UTF8.GetString(Stdout),
        StandardError = Encoding.UTF8.GetString(Stderr),
        OutputFile = File is null ? default(ReadOnlyMemory<byte>?) : File,
        CpuSeconds = Cpu,
        WallSeconds = Wall,
    };

    private SandboxStatus Status(SandboxLimits limits) => Over switch
    {
        "cpu" => SandboxStatus.CpuLimit,
        "wall" => SandboxStatus.WallLimit,
        "memory" => SandboxStatus.MemoryLimit,
        "output" => SandboxStatus.OutputLimit,
        "dismissed" => SandboxStatus.Dismissed,
        // The kernel's own limit: a signal, and a second later one that cannot be caught.
        null when Signal == SigXcpu || (Signal == SigKill && Cpu >= limits.CpuSeconds) => SandboxStatus.CpuLimit,
        null => SandboxStatus.Exited,
        _ => throw new IOException($"the sandbox reports an unknown limit '{Over}'"),
    };
}
