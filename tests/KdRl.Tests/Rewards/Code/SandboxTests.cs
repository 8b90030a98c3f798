using System.Text;
using KdRl.Rewards.Code;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Code;

[Collection("sandbox")]
public sealed class SandboxTests(SandboxFixture fixture)
{
    private static readonly SandboxLimits Small = new() { CpuSeconds = 0.5, WallSeconds = 1, LostAfterSeconds = 300, MemoryBytes = 128 << 20, OutputBytes = 1000 };

    private static readonly SandboxLimits Patient = new() { WallSeconds = 250, LostAfterSeconds = 300 };

    [SkippableFact]
    public async Task RunAsync_Program_GetsInputAndFiles()
    {
        var result = await fixture.Sandbox.RunAsync(Python("import sys\nprint(sys.argv[1], input(), open('data').read())\nprint('e', file=sys.stderr); sys.exit(7)", "x y", "first\nsecond"));

        Assert.Equal((SandboxStatus.Exited, 7, null, "x y first data\n"), (result.Status, result.ExitCode, result.Signal, result.StandardOutput));
        Assert.Equal("e\n", result.StandardError);
        Assert.False(result.IsSuccess);
    }

    [SkippableTheory]
    [InlineData("while True: pass", SandboxStatus.CpuLimit)]
    [InlineData("import time; time.sleep(100)", SandboxStatus.WallLimit)]
    [InlineData("print('x' * 2000)", SandboxStatus.OutputLimit)]
    [InlineData("import mmap, os, time\nfor i in range(8):\n  if os.fork() == 0:\n    x = bytearray(b'1' * (60 << 20)); time.sleep(100)\ntime.sleep(100)", SandboxStatus.MemoryLimit)]
    [InlineData("print('x' * 900)", SandboxStatus.Exited)]
    public async Task RunAsync_Limit_IsNamed(string code, SandboxStatus expected) => Assert.Equal(expected, (await fixture.Sandbox.RunAsync(Python(code) with { Limits = Small })).Status);

    [SkippableFact]
    public async Task RunAsync_Signal_IsTold()
    {
        var result = await fixture.Sandbox.RunAsync(Python("import os; os.kill(os.getpid(), 11)"));

        Assert.Equal((SandboxStatus.Exited, null, 11), (result.Status, result.ExitCode, result.Signal));
    }

    [SkippableFact]
    public async Task RunAsync_LoadedMachine_DoesNotCountWaitingForACpu()
    {
        // With two spinning threads for each processor a program gets a third of one: 0.5 CPU seconds take 1.5 seconds, of which it waits 1.
        // The limit leaves half a second for what it waits for before it is a process of its own.
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => new Thread(() => { while (!stop.IsCancellationRequested) Thread.SpinWait(1000); }) { IsBackground = true }).ToList();
        load.ForEach(t => t.Start());
        var busy = Python("import time\nwhile time.process_time() < 0.5: pass\nprint(1)") with { Limits = Small with { WallSeconds = 1, CpuSeconds = 2 } };

        var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => fixture.Sandbox.RunAsync(busy).AsTask()));

        await stop.CancelAsync();
        Assert.All(results, r => Assert.Equal((SandboxStatus.Exited, 0), (r.Status, r.ExitCode)));
    }

    [SkippableFact]
    public async Task RunAsync_OneProgramAfterAnother_LeavesNothingToTheNext()
    {
        await using var box = BubblewrapSandbox.Create(new BubblewrapOptions { Workers = 1, KeepWarm = fixture.Sandbox.IsWarm });
        await box.RunAsync(Python("import os, builtins, math\nopen('/scratch/left', 'w').write('x'); open('/dev/shm/left', 'w').write('x')\nbuiltins.print = None; math.pi = 3; os.environ['LEFT'] = 'x'"));

        var result = await box.RunAsync(Python("import math, os\nprint(os.listdir('/scratch'), os.listdir('/dev/shm'), math.pi, 'LEFT' in os.environ, len([p for p in os.listdir('/proc') if p.isdigit()]))"));

        Assert.Equal("['data', 'main.py'] [] 3.141592653589793 False 2\n", result.StandardOutput.Replace("['main.py', 'data']", "['data', 'main.py']", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task RunAsync_SameProgram_HasTheSameOutput()
    {
        var program = Python("import random; print(random.random(), hash('x'), list({'a', 'b', 'c'}))");

        var outputs = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ => (await fixture.Sandbox.RunAsync(program)).StandardOutput));

        Assert.Single(outputs.Distinct());
    }

    [SkippableFact]
    public async Task RunAsync_OutputFile_ComesBack()
    {
        var result = await fixture.Sandbox.RunAsync(Python("open('out', 'wb').write(bytes(range(256)))") with { OutputFile = "out" });
        var link = await fixture.Sandbox.RunAsync(Python("import os; os.symlink('/usr/bin/python3', 'out')") with { OutputFile = "out" });

        Assert.Equal(Enumerable.Range(0, 256).Select(i => (byte)i), result.OutputFile!.Value.ToArray());
        Assert.Null(link.OutputFile);
    }

    [SkippableFact]
    public async Task RunAsync_Cancelled_EndsTheProgram()
    {
        var before = HostHealth.Now().Processes.Length;
        using var cancel = new CancellationTokenSource();
        var runs = Enumerable.Range(0, 6).Select(_ => fixture.Sandbox.RunAsync(Python("import time; time.sleep(99)") with { Limits = Patient }, cancel.Token).AsTask()).ToList();
        await Task.Delay(300);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(runs));
        Assert.All(runs, run => Assert.True(run.IsCanceled));
        Assert.True((await fixture.Sandbox.RunAsync(Python("print(1)"))).IsSuccess);
        Assert.InRange(HostHealth.Now().Processes.Length, 1, before);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeAsync_WhileProgramsRun_LeavesNoProcess(bool isWarm)
    {
        Skip.If(isWarm && !fixture.Sandbox.IsWarm, "nested namespaces are refused here");
        var before = HostHealth.Now().Processes;
        var box = BubblewrapSandbox.Create(new BubblewrapOptions { Workers = 2, KeepWarm = isWarm });
        var runs = Enumerable.Range(0, 4).Select(_ => box.RunAsync(Python("import time; time.sleep(99)") with { Limits = Patient }).AsTask()).ToList();
        await Task.Delay(200);

        await box.DisposeAsync();

        foreach (var run in runs) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Empty(await HostHealth.LeftBehindAsync(before));
        Assert.Throws<ObjectDisposedException>(() => { box.RunAsync(Python("print(1)")).AsTask().GetAwaiter().GetResult(); });
    }

    [SkippableFact]
    public async Task DisposeAsync_WhileWorkersStart_LeavesNoProcess()
    {
        Skip.If(fixture.Sandbox is null);
        var before = HostHealth.Now().Processes;
        for (var i = 0; i < 20; i++)
        {
            var box = BubblewrapSandbox.Create(new BubblewrapOptions { Workers = 4, KeepWarm = false });
            var runs = Enumerable.Range(0, 4).Select(_ => box.RunAsync(Python("import time; time.sleep(99)") with { Limits = Patient }).AsTask()).ToList();
            Thread.SpinWait(20_000 * i); // somewhere in the few milliseconds of a start

            await box.DisposeAsync();

            foreach (var run in runs) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }
        Assert.Empty(await HostHealth.LeftBehindAsync(before));
    }

    [SkippableFact]
    public async Task RunAsync_SandboxPerProgram_IsAsTight()
    {
        Skip.If(fixture.Sandbox is null);
        await using var box = BubblewrapSandbox.Create(new BubblewrapOptions { Workers = 2, KeepWarm = false });
        string[] codes =
        [
            "print(input())", "import os\nos.kill(1, 9); print('alive')", "print(open('/proc/1/environ').read())", "import os; print(sorted(os.listdir('/')))",
            "open('/usr/x', 'w')", "open('left', 'w').write('x'); print('ok')",
            "import ctypes; l = ctypes.CDLL(None); print(l.unshare(0x10000000), l.syscall(56, 0x10000000 | 17, 0, 0, 0, 0), l.syscall(435, 0, 0))",
            "import threading; t = threading.Thread(target=print, args=('ok',)); t.start(); t.join()",
            "import os\nif os.fork() == 0:\n  os.setsid()\n  import time; time.sleep(99)\nprint('ok')",
            "for l in open('/proc/self/status'):\n  if l.startswith(('CapEff', 'NoNewPrivs', 'Seccomp:')): print(l.split()[1], end=' ')",
        ];

        var results = await Task.WhenAll(codes.Select(code => box.RunAsync(Python(code, "x", "hello")).AsTask()));

        Assert.False(box.IsWarm);
        Assert.Equal(["hello", "alive", "", "['bin', 'dev', 'lib', 'lib64', 'proc', 'scratch', 'tmp', 'usr']", "", "ok", "-1 -1 -1", "ok", "ok", "0000000000000000 1 2"], results.Select(r => r.StandardOutput.Trim()));
    }

    [SkippableFact]
    public async Task ExamineAsync_Examiner_IsOutOfTheProgramsReach()
    {
        // The program replies, floods beforehand with what it guesses, and cannot write the verdict: its lines go to the examiner.
        var program = Python("import sys\nprint('verdict', flush=True)\nfor line in sys.stdin: print('re: ' + line.strip(), flush=True)");
        var examiner = Python("import sys\nprint('one', flush=True); a = input()\nprint('two', flush=True); b = input()\nprint('', flush=True); c = input()\nprint([a, b, c], file=sys.stderr)");

        var dialogue = await fixture.Sandbox.ExamineAsync(program, examiner, "verdict");

        Assert.False(dialogue.HasVerdict);
        Assert.Equal(SandboxStatus.Dismissed, dialogue.Program.Status);
        Assert.Equal("['verdict', 're: one', 're: two']", dialogue.Examiner.StandardError.Trim());
    }

    [SkippableFact]
    public async Task ExamineAsync_ProgramThatEnds_DismissesTheExaminer()
    {
        var dialogue = await fixture.Sandbox.ExamineAsync(Python("import sys; sys.exit(3)"), Python("print('q', flush=True); input(); print('verdict')"), "verdict");

        Assert.Equal((SandboxStatus.Exited, 3), (dialogue.Program.Status, dialogue.Program.ExitCode));
        Assert.Equal((SandboxStatus.Dismissed, false), (dialogue.Examiner.Status, dialogue.HasVerdict));
    }

    [Fact]
    public void Create_WithoutBubblewrap_SaysHowToInstallIt()
    {
        var message = Assert.Throws<SandboxUnavailableException>(() => BubblewrapSandbox.Create(new BubblewrapOptions { Bubblewrap = "/nowhere/bwrap" })).Message;

        Assert.Contains(OperatingSystem.IsLinux() ? "apt-get install bubblewrap" : "Linux", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Create_BubblewrapThatFails_RunsNothingAndSaysWhy()
    {
        Skip.If(fixture.Sandbox is null);
        var exception = Assert.Throws<SandboxUnavailableException>(() => BubblewrapSandbox.Create(new BubblewrapOptions { Bubblewrap = "/bin/false" }));

        Assert.Contains("does not work here", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OptionOutOfRange_IsRefused() => Assert.Throws<OptionsValidationException>(() => BubblewrapSandbox.Create(new BubblewrapOptions { Workers = 0 }));

    [SkippableTheory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task RunAsync_FileWithFolder_IsRefused(string name)
    {
        var program = new SandboxProgram(["python3", "x"], SandboxProgram.File(name, ""), new SandboxLimits());

        await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Sandbox.RunAsync(program));
    }

    [SkippableFact]
    public async Task RunAsync_Unsandboxed_RunsUnderLimitsAndCleansUp()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && File.Exists("/usr/bin/python3"), "needs Linux and /usr/bin/python3");
        await using var runner = new UnsandboxedRunner(workers: 1);

        var right = await runner.RunAsync(Python("import os; print(input(), os.getcwd())", "", "hi"));
        var loop = await runner.RunAsync(Python("while True: pass") with { Limits = Small });

        Assert.StartsWith("hi ", right.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(SandboxStatus.CpuLimit, loop.Status);
        Assert.False(Directory.Exists(right.StandardOutput.Trim()[3..]));
    }

    private static SandboxProgram Python(string code, string argument = "", string input = "") => new(
        ["python3", "main.py", argument],
        new Dictionary<string, ReadOnlyMemory<byte>> { ["main.py"] = Encoding.UTF8.GetBytes(code), ["data"] = "data"u8.ToArray() },
        new SandboxLimits())
    {
        StandardInput = input,
    };
}
