namespace KdRl.Rewards.Code;

/// <summary>A run that waits for its turn.</summary>
internal sealed class WorkerTask(SandboxProgram program, SandboxProgram? examiner, string verdict, CancellationToken ct)
{
    private readonly TaskCompletionSource<SandboxDialogue> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<SandboxDialogue> Result => result.Task;

    public void Complete(WorkerSlot slot)
    {
        try
        {
            result.SetResult(slot.Run(program, examiner, verdict, ct));
        }
        catch (OperationCanceledException)
        {
            result.SetCanceled(ct.IsCancellationRequested ? ct : new CancellationToken(canceled: true));
        }
        catch (Exception e)
        {
            // Whoever waits must hear of it; the thread goes on with the next one.
            result.SetException(e);
        }
    }
}
