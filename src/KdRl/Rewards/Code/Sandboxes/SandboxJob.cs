using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KdRl.Rewards.Code;

/// <summary>A job as the supervisor reads it.</summary>
internal sealed class SandboxJob(SandboxProgram program, bool isDialogue)
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public IReadOnlyList<string> Command => program.Command;

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files => program.Files;

    public byte[] Stdin { get; } = Encoding.UTF8.GetBytes(program.StandardInput);

    public bool Dialogue => isDialogue;

    public string? Collect => program.OutputFile;

    public bool Reserves => program.ReservesAddressSpace;

    public double Cpu => program.Limits.CpuSeconds;

    public double Wall => program.Limits.WallSeconds;

    public long Memory => program.Limits.MemoryBytes;

    public int Processes => program.Limits.Processes;

    public long File => program.Limits.FileBytes;

    public int FilesOpen => program.Limits.OpenFiles;

    public long Output => program.Limits.OutputBytes;
}
