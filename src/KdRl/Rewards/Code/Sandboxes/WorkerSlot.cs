using System.ComponentModel;
using System.Text;
using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>One thread's workers: one for programs, and one for examiners once there is any.</summary>
internal sealed class WorkerSlot(Func<SandboxWorker> start, bool keepWarm, TimeProvider time) : IDisposable
{
    private const int Attempts = 2;
    private const string Disposed = "The sandbox was disposed.";
    private readonly Lock guard = new();
    private SandboxWorker? program;
    private SandboxWorker? examiner;
    private volatile bool isStopped;

    /// <summary>Runs a program, with an examiner or alone. A worker that fails is replaced and the run repeated once.</summary>
    public SandboxDialogue Run(SandboxProgram what, SandboxProgram? questions, string verdict, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            ct.ThrowIfCancellationRequested();
            if (isStopped) throw new OperationCanceledException(Disposed);
            var isLost = false;
            try
            {
                using var cancellation = ct.Register(Kill);
                using var deadline = time.CreateTimer(_ => { isLost = true; Kill(); }, null, TimeSpan.FromSeconds(what.Limits.LostAfterSeconds), Timeout.InfiniteTimeSpan);
                return RunOnce(what, questions, verdict, ct);
            }
            catch (Exception e) when (e is IOException or JsonException or Win32Exception)
            {
                var reason = $"{e.Message} {LastWords()}".Trim();
                ct.ThrowIfCancellationRequested();
                if (isStopped) throw new OperationCanceledException(Disposed, e);
                if (isLost) return Lost(SandboxStatus.TimedOut, $"no end after {what.Limits.LostAfterSeconds} s: the machine is too busy");
                if (attempt == Attempts) return Lost(SandboxStatus.Failed, reason);
            }
        }
    }

    /// <summary>Ends what runs, now and from here on.</summary>
    public void Stop()
    {
        isStopped = true;
        Kill();
    }

    public void Dispose() => Discard();

    private static SandboxDialogue Lost(SandboxStatus status, string reason) => new(SandboxResult.Fault(status, reason), SandboxResult.Fault(status, reason), false);

    private SandboxDialogue RunOnce(SandboxProgram what, SandboxProgram? questions, string verdict, CancellationToken ct)
    {
        var answering = Worker(ref program);
        if (ct.IsCancellationRequested) Kill(); // it may have come before there was anything to end
        answering.Begin(what, isDialogue: questions is not null);
        SandboxDialogue result;
        if (questions is null)
        {
            result = new SandboxDialogue(End(answering.Next(), what.Limits), new SandboxResult(SandboxStatus.Exited), false);
        }
        else
        {
            var asking = Worker(ref examiner);
            asking.Begin(questions, isDialogue: true);
            result = Relay(answering, what.Limits, asking, questions.Limits, verdict);
        }
        if (!keepWarm) Discard();
        return result;
    }

    /// <summary>Carries lines to and fro. They take turns: the examiner asks, the program replies.</summary>
    private static SandboxDialogue Relay(SandboxWorker answering, SandboxLimits limits, SandboxWorker asking, SandboxLimits askingLimits, string verdict)
    {
        SandboxResult? end = null;
        var hasVerdict = false;
        var wanted = Encoding.UTF8.GetBytes(verdict + "\n");
        while (true)
        {
            var question = asking.Next();
            if (question.Kind != SandboxFrameKind.Data)
            {
                if (end is null)
                {
                    answering.Send(SandboxFrameKind.Kill, []);
                    end = End(SkipData(answering), limits);
                }
                return new SandboxDialogue(end, End(question, askingLimits), hasVerdict);
            }
            if (question.Payload.AsSpan().SequenceEqual(wanted))
            {
                hasVerdict = true;
                continue;
            }
            if (end is not null) continue;
            if (question.Payload is not [(byte)'\n']) answering.Send(SandboxFrameKind.Data, question.Payload);
            var reply = answering.Next();
            if (reply.Kind == SandboxFrameKind.Data)
            {
                asking.Send(SandboxFrameKind.Data, reply.Payload);
                continue;
            }
            end = End(reply, limits);
            asking.Send(SandboxFrameKind.Kill, []);
        }
    }

    private static SandboxFrame SkipData(SandboxWorker worker)
    {
        var frame = worker.Next();
        while (frame.Kind == SandboxFrameKind.Data) frame = worker.Next();
        return frame;
    }

    private static SandboxResult End(SandboxFrame frame, SandboxLimits limits) => frame.Kind == SandboxFrameKind.End
        ? JsonSerializer.Deserialize<SandboxReport>(frame.Payload, SandboxJob.Json)!.ToResult(limits)
        : throw new IOException($"the sandbox sent {frame.Kind} where the end of a run was due");

    private SandboxWorker Worker(ref SandboxWorker? worker)
    {
        if (worker is not null) return worker;
        var started = start();
        lock (guard) worker = started;
        if (isStopped) Kill();
        return started;
    }

    private void Kill()
    {
        lock (guard)
        {
            program?.Kill();
            examiner?.Kill();
        }
    }

    private string LastWords()
    {
        var words = program?.LastWords() ?? "";
        Discard();
        return words;
    }

    private void Discard()
    {
        lock (guard)
        {
            program?.Dispose();
            examiner?.Dispose();
            (program, examiner) = (null, null);
        }
    }
}
