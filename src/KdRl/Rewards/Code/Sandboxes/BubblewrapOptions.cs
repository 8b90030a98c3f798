using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards.Code;

/// <summary>Settings of <see cref="BubblewrapSandbox"/>.</summary>
public sealed class BubblewrapOptions
{
    /// <summary>Programs that run at one time.</summary>
    /// <value>The default value is the number of processors.</value>
    [Range(1, 1024)]
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>The bubblewrap program: a name that is looked up in the system's folders, or a path.</summary>
    /// <value>The default value is bwrap.</value>
    [Required]
    public string Bubblewrap { get; set; } = "bwrap";

    /// <summary>The Python (3.10.7 or newer) that runs the supervisor inside the sandbox, and Python answers. It must lie in the system's <c>/usr</c>, all that a sandbox sees.</summary>
    /// <value>The default value is /usr/bin/python3.</value>
    [Required]
    public string Python { get; set; } = "/usr/bin/python3";

    /// <summary>Whether Python answers may import packages that are installed in the system.</summary>
    /// <value>The default value is <see langword="false"/>: the standard library only, and a faster start.</value>
    public bool UseSitePackages { get; set; }

    /// <summary>Bytes that all files of one run may take together; they are kept in memory.</summary>
    /// <value>The default value is 64 MiB.</value>
    [Range(1L << 20, 1L << 40)]
    public long ScratchBytes { get; set; } = 64L << 20;

    /// <summary>The user and group id on the host that programs run as when this process is root. Pick one that nothing else uses.</summary>
    /// <value>The default value is 64001. Without effect when this process is not root: then programs run as its user.</value>
    [Range(1, int.MaxValue)]
    public int UserId { get; set; } = 64001;

    /// <summary>
    /// Whether a sandbox stays and gives every program fresh namespaces of its own (some 5 ms a run), or a new sandbox is made for every
    /// program (some 30 ms). Null: stays where the kernel allows that.
    /// </summary>
    /// <value>The default value is null.</value>
    public bool? KeepWarm { get; set; }
}
