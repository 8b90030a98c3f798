namespace KdRl.Rollouts;

/// <summary>Draws completions from the current policy.</summary>
/// <remarks>
/// Groups are yielded in the order of the prompts, each with <see cref="SamplingOptions.GroupSize"/> rollouts.
/// The same prompts, options and weights give the same rollouts. Calls are not made concurrently by the trainers.
/// </remarks>
public interface IRolloutEngine
{
    /// <summary>The policy version stamped on rollouts. The trainer sets it after each optimiser step and on resume.</summary>
    long PolicyVersion { get; set; }

    /// <summary>Draws a group of completions for each prompt.</summary>
    IAsyncEnumerable<RolloutGroup> GenerateAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken ct);
}
