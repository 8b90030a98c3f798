using KdRl.Rewards.Code;

namespace KdRl.Tests.Rewards.Code;

/// <summary>One sandbox for all tests that run programs. They are skipped where bubblewrap does not work, and say why.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private readonly BubblewrapSandbox? sandbox;
    private readonly string reason = "";

    public SandboxFixture()
    {
        try
        {
            sandbox = BubblewrapSandbox.Create(new BubblewrapOptions { Workers = 2 });
        }
        catch (SandboxUnavailableException e)
        {
            reason = e.Message;
        }
    }

    public BubblewrapSandbox Sandbox
    {
        get
        {
            Skip.If(sandbox is null, reason);
            return sandbox!;
        }
    }

    /// <summary>Starts all workers, so that what is there before a test is there after it: each dialogue keeps both of a slot busy.</summary>
    public async Task InitializeAsync()
    {
        if (sandbox is null) return;
        var sleeper = new SandboxProgram(["python3", "sleep.py"], SandboxProgram.File("sleep.py", "import time; time.sleep(0.5)"), new SandboxLimits());
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => sandbox.ExamineAsync(sleeper, sleeper, "never").AsTask()));
    }

    public async Task DisposeAsync()
    {
        if (sandbox is not null) await sandbox.DisposeAsync();
    }
}
