using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards.Code;

/// <summary>What one run of a program may use. A program that wants more is ended, and that is its own fault.</summary>
public sealed record SandboxLimits : IValidatableObject
{
    /// <summary>CPU seconds of the program and everything it starts, together.</summary>
    /// <value>The default value is 5.</value>
    [Range(0.1, 3600)]
    public double CpuSeconds { get; set; } = 5;

    /// <summary>
    /// Seconds from its start to its end, without the time that it was ready to run and the machine had no CPU for it: a loaded machine does
    /// not turn a right answer into a wrong one. Where the machine stays so loaded that <see cref="LostAfterSeconds"/> pass, the run is
    /// <see cref="SandboxStatus.TimedOut"/>.
    /// </summary>
    /// <value>The default value is 10.</value>
    [Range(0.1, 3600)]
    public double WallSeconds { get; set; } = 10;

    /// <summary>Bytes of address space of each process (or of writable memory, see <see cref="SandboxProgram.ReservesAddressSpace"/>), and of resident memory of all together.</summary>
    /// <value>The default value is 512 MiB.</value>
    [Range(16L << 20, 1L << 40)]
    public long MemoryBytes { get; set; } = 512L << 20;

    /// <summary>Processes and threads at one time.</summary>
    /// <value>The default value is 32.</value>
    [Range(1, 1024)]
    public int Processes { get; set; } = 32;

    /// <summary>Bytes of one file.</summary>
    /// <value>The default value is 16 MiB.</value>
    [Range(4096L, 1L << 40)]
    public long FileBytes { get; set; } = 16L << 20;

    /// <summary>Open files of one process.</summary>
    /// <value>The default value is 64.</value>
    [Range(8, 4096)]
    public int OpenFiles { get; set; } = 64;

    /// <summary>Bytes of standard output; a program that writes more is ended at once.</summary>
    /// <value>The default value is 64 KiB.</value>
    [Range(1L, 1L << 30)]
    public long OutputBytes { get; set; } = 64 << 10;

    /// <summary>Seconds, all included, after which a run that has not ended is given up as <see cref="SandboxStatus.TimedOut"/>; more than <see cref="WallSeconds"/>.</summary>
    /// <value>The default value is 60.</value>
    [Range(0.1, 36000)]
    public double LostAfterSeconds { get; set; } = 60;

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (LostAfterSeconds <= WallSeconds)
            yield return new ValidationResult($"{nameof(LostAfterSeconds)} is {LostAfterSeconds}, but {nameof(WallSeconds)} is {WallSeconds}, which could never be used up; expected more than that.");
    }
}
