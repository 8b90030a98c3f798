using KdRl.Rewards.Code;

namespace KdRl.Tests.Rewards.Code;

/// <summary>A sandbox of the user's own: answers as a test tells it to, and remembers what it was asked.</summary>
internal sealed class FakeSandbox(Func<SandboxProgram, SandboxResult> run, Func<SandboxDialogue>? examine = null) : ISandbox
{
    public List<SandboxProgram> Programs { get; } = [];

    public ValueTask<SandboxResult> RunAsync(SandboxProgram program, CancellationToken ct = default)
    {
        Programs.Add(program);
        return ValueTask.FromResult(run(program));
    }

    public ValueTask<SandboxDialogue> ExamineAsync(SandboxProgram program, SandboxProgram examiner, string verdict, CancellationToken ct = default)
    {
        Programs.AddRange([program, examiner]);
        return ValueTask.FromResult(examine!());
    }
}
