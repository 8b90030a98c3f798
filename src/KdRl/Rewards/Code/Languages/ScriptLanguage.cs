using System.Text;

namespace KdRl.Rewards.Code;

/// <summary>A language whose answers run as they are: an interpreter, a host that serves calls, an examiner that makes them.</summary>
internal sealed class ScriptLanguage(string name, string[] tags, string[] interpreter, string extension, string host, string examiner, bool reservesAddressSpace) : ICodeLanguage
{
    public string Name => name;

    public IReadOnlyList<string> FenceTags => tags;

    public bool HasExaminer => true;

    public ValueTask<PreparedCode> PrepareAsync(string code, bool callable, ISandbox sandbox, SandboxLimits limits, CancellationToken ct) =>
        ValueTask.FromResult(new PreparedCode(callable
            ? Program(limits, [$"host.{extension}", $"solution.{extension}"], ($"host.{extension}", host), ($"solution.{extension}", code))
            : Program(limits, [$"solution.{extension}"], ($"solution.{extension}", code))));

    public SandboxProgram Examiner(string test, string verdict, IReadOnlyList<string> names, SandboxLimits limits) =>
        Program(limits, [$"examiner.{extension}", verdict, .. names], ($"examiner.{extension}", examiner), ($"tests.{extension}", test));

    private SandboxProgram Program(SandboxLimits limits, string[] arguments, params (string Name, string Text)[] files) =>
        new([.. interpreter, .. arguments], files.ToDictionary(f => f.Name, f => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(f.Text)), limits)
        {
            ReservesAddressSpace = reservesAddressSpace,
        };
}
