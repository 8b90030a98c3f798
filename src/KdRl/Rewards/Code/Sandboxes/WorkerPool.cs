using System.Collections.Concurrent;

namespace KdRl.Rewards.Code;

/// <summary>Hands work to threads that each own the worker processes they started.</summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    private readonly BlockingCollection<WorkerTask> work = [];
    private readonly WorkerSlot[] slots;
    private readonly Task[] ends;

    public WorkerPool(int workers, Func<SandboxWorker> start, bool keepWarm, TimeProvider time)
    {
        slots = [.. Enumerable.Range(0, workers).Select(_ => new WorkerSlot(start, keepWarm, time))];
        ends = [.. slots.Select(Run)];
    }

    /// <summary><see cref="ISandbox.RunAsync"/>.</summary>
    public async ValueTask<SandboxResult> RunAsync(SandboxProgram program, CancellationToken ct)
    {
        SandboxProgramCheck.ThrowIfInvalid(program, nameof(program));
        return (await AddAsync(program, null, "", ct).ConfigureAwait(false)).Program;
    }

    /// <summary><see cref="ISandbox.ExamineAsync"/>.</summary>
    public ValueTask<SandboxDialogue> ExamineAsync(SandboxProgram program, SandboxProgram examiner, string verdict, CancellationToken ct)
    {
        SandboxProgramCheck.ThrowIfInvalid(program, nameof(program));
        SandboxProgramCheck.ThrowIfInvalid(examiner, nameof(examiner));
        ArgumentException.ThrowIfNullOrWhiteSpace(verdict);
        return AddAsync(program, examiner, verdict, ct);
    }

    private ValueTask<SandboxDialogue> AddAsync(SandboxProgram program, SandboxProgram? examiner, string verdict, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var task = new WorkerTask(program, examiner, verdict, ct);
        try
        {
            work.Add(task, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException("the sandbox");
        }
        return new ValueTask<SandboxDialogue>(task.Result);
    }

    /// <summary>Ends what runs, refuses what waits, and returns when no process is left.</summary>
    public async ValueTask DisposeAsync()
    {
        work.CompleteAdding();
        foreach (var slot in slots) slot.Stop();
        await Task.WhenAll(ends).ConfigureAwait(false);
        work.Dispose();
    }

    private Task Run(WorkerSlot slot, int index)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            using (slot)
                foreach (var task in work.GetConsumingEnumerable()) task.Complete(slot);
            end.SetResult();
        })
        { IsBackground = true, Name = $"sandbox {index}" };
        thread.Start();
        return end.Task;
    }
}
