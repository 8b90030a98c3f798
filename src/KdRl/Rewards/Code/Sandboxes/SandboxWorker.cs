using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>A supervisor process (supervisor.py) and the frames that go to and fro. Used by one thread; only <see cref="Kill"/> may come from another.</summary>
internal sealed class SandboxWorker : IDisposable
{
    private const int MaxFrame = 1 << 30;
    private readonly Process process;
    private readonly Stream down;
    private readonly BufferedStream up;

    /// <summary>Starts a process. bubblewrap ends with the thread that started it, so this must be one that lives as long as the worker.</summary>
    public SandboxWorker(ProcessStartInfo start)
    {
        process = Process.Start(start)!;
        down = process.StandardInput.BaseStream;
        up = new BufferedStream(process.StandardOutput.BaseStream, 1 << 16);
    }

    /// <summary>Begins a job, once everything of the one before is gone.</summary>
    /// <exception cref="IOException">The worker has ended or breaks its protocol.</exception>
    public void Begin(SandboxProgram program, bool isDialogue)
    {
        if (Receive() is not { Kind: SandboxFrameKind.Ready }) throw new IOException("the sandbox did not get ready");
        Send(SandboxFrameKind.Job, JsonSerializer.SerializeToUtf8Bytes(new SandboxJob(program, isDialogue), SandboxJob.Json));
    }

    /// <summary>What the job that was begun says next.</summary>
    public SandboxFrame Next()
    {
        var frame = Receive();
        // A word that came too late for the job before makes the supervisor get ready once more.
        while (frame.Kind == SandboxFrameKind.Ready) frame = Receive();
        return frame;
    }

    public void Send(SandboxFrameKind kind, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], payload.Length);
        down.Write(head);
        down.Write(payload);
        down.Flush();
    }

    private SandboxFrame Receive()
    {
        Span<byte> head = stackalloc byte[5];
        up.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head[1..]);
        if (length is < 0 or > MaxFrame) throw new IOException($"the sandbox sent a frame of {length} bytes");
        var payload = new byte[length];
        up.ReadExactly(payload);
        return (SandboxFrameKind)head[0] == SandboxFrameKind.Fault
            ? throw new IOException(Encoding.UTF8.GetString(payload))
            : new SandboxFrame((SandboxFrameKind)head[0], payload);
    }

    /// <summary>Ends the process and all that runs inside.</summary>
    public void Kill() => ProcessTree.Kill(process);

    /// <summary>What the process itself said on its standard error: why it could not start. Call it when it has ended.</summary>
    public string LastWords()
    {
        Kill();
        return process.StandardError.ReadToEnd().Trim();
    }

    public void Dispose()
    {
        Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
