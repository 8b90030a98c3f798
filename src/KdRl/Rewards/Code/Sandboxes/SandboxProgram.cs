using System.Text;

namespace KdRl.Rewards.Code;

/// <summary>A program to be run in a sandbox.</summary>
/// <param name="Command">Program and arguments, run in an empty folder that holds <paramref name="Files"/>.</param>
/// <param name="Files">Name (without folders) and content of the files it starts with.</param>
/// <param name="Limits">What it may use.</param>
public sealed record SandboxProgram(IReadOnlyList<string> Command, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files, SandboxLimits Limits)
{
    /// <summary>What it reads from its standard input. Left out: nothing. Not used in a dialogue.</summary>
    public string StandardInput { get; init; } = "";

    /// <summary>A file of its folder whose content is wanted when it exits; null for none.</summary>
    public string? OutputFile { get; init; }

    /// <summary>
    /// Whether its runtime reserves far more address space than it uses, as JavaScript and .NET engines do: then
    /// <see cref="SandboxLimits.MemoryBytes"/> limits writable memory instead of address space. Left out: false.
    /// </summary>
    public bool ReservesAddressSpace { get; init; }

    /// <summary>One file, for <see cref="Files"/>.</summary>
    /// <param name="name">A name without folders.</param>
    /// <param name="text">Its content, written as UTF-8.</param>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> File(string name, string text) =>
        new Dictionary<string, ReadOnlyMemory<byte>> { [name] = Encoding.UTF8.GetBytes(text) };
}
