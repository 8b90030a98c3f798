using System.Diagnostics;
using System.Globalization;

namespace KdRl.Rewards.Code;

/// <summary>The command line that starts a supervisor in a bubblewrap sandbox.</summary>
internal static class BubblewrapCommand
{
    private const string HostPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <exception cref="SandboxUnavailableException">Something that the sandbox is made of is not installed.</exception>
    public static void ThrowIfMissing(BubblewrapOptions options)
    {
        if (!OperatingSystem.IsLinux())
            throw new SandboxUnavailableException("bubblewrap sandboxes exist on Linux only: run the rewards there, or plug in an ISandbox of your own.");
        if (Find(options.Bubblewrap) is null)
            throw new SandboxUnavailableException(
                $"bubblewrap ('{options.Bubblewrap}') is not installed, so no program is run. Install it: apt-get install bubblewrap (Debian, Ubuntu), " +
                "dnf install bubblewrap (Fedora, RHEL), apk add bubblewrap (Alpine); or plug in an ISandbox of your own.");
        if (Find(options.Python) is null)
            throw new SandboxUnavailableException($"Python ('{options.Python}') is not installed; the sandbox's supervisor needs it. Install it: apt-get install python3, or set {nameof(BubblewrapOptions)}.{nameof(BubblewrapOptions.Python)}.");
        if (Environment.IsPrivilegedProcess && Find("setpriv") is null)
            throw new SandboxUnavailableException("setpriv (package util-linux) is not installed; a root process needs it to run programs as another user.");
    }

    public static ProcessStartInfo StartInfo(BubblewrapOptions options, bool isWarm)
    {
        List<string> arguments = [];
        // The number of processes is not limited while the host's user is root.
        if (Environment.IsPrivilegedProcess)
            arguments.AddRange([Find("setpriv")!, $"--reuid={options.UserId}", $"--regid={options.UserId}", "--clear-groups", "--inh-caps=-all", "--no-new-privs"]);
        arguments.Add(Find(options.Bubblewrap)!);
        arguments.AddRange(Namespaces(isWarm));
        arguments.AddRange(Environments());
        arguments.AddRange(Files(options, isWarm));
        arguments.AddRange([options.Python, "-s", .. options.UseSitePackages ? Array.Empty<string>() : ["-S"], "-c", CodeScripts.Supervisor]);
        arguments.AddRange([isWarm ? "nested" : "single", options.ScratchBytes.ToString(CultureInfo.InvariantCulture), ""]);
        arguments.AddRange(CodeScripts.Prepared);
        return StartInfo(arguments);
    }

    /// <summary>A process with pipes and an empty environment: its own would show in /proc inside the sandbox.</summary>
    public static ProcessStartInfo StartInfo(IEnumerable<string> command)
    {
        var start = new ProcessStartInfo(command.First(), command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = HostPath;
        start.Environment["PYTHONHASHSEED"] = "0";
        return start;
    }

    public static string? Find(string program) => program.Contains('/')
        ? File.Exists(program) ? program : null
        : HostPath.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string[] Namespaces(bool isWarm) =>
    [
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--uid", "65534", "--gid", "65534", "--hostname", "sandbox", "--die-with-parent", "--new-session",
        // To give each program namespaces of its own; the supervisor takes both from it. Without them nothing is left to take.
        .. isWarm ? ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SYS_RESOURCE"] : new[] { "--as-pid-1", "--cap-drop", "ALL" },
    ];

    private static string[] Environments() =>
    [
        "--clearenv", "--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/scratch", "--setenv", "TMPDIR", "/scratch",
        // The same program has the same verdict every time, and does not start threads for each processor.
        "--setenv", "LANG", "C.UTF-8", "--setenv", "PYTHONHASHSEED", "0", "--setenv", "OMP_NUM_THREADS", "1",
    ];

    private static string[] Files(BubblewrapOptions options, bool isWarm)
    {
        string[] tmpfs(string path, long bytes) => isWarm ? ["--dir", path] : ["--perms", "1777", "--size", bytes.ToString(CultureInfo.InvariantCulture), "--tmpfs", path];
        return
        [
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--proc", "/proc", "--dir", "/dev",
            .. new[] { "null", "zero", "full", "random", "urandom" }.SelectMany(device => new[] { "--dev-bind", $"/dev/{device}", $"/dev/{device}" }),
            "--symlink", "/proc/self/fd", "/dev/fd", "--symlink", "/proc/self/fd/0", "/dev/stdin",
            "--symlink", "/proc/self/fd/1", "/dev/stdout", "--symlink", "/proc/self/fd/2", "/dev/stderr",
            .. tmpfs("/dev/shm", 16 << 20), .. tmpfs("/scratch", options.ScratchBytes), "--symlink", "scratch", "/tmp",
            "--remount-ro", "/", "--chdir", "/scratch",
        ];
    }
}
