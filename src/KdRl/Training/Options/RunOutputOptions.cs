using System.ComponentModel.DataAnnotations;

namespace KdRl.Training;

/// <summary>What a run leaves behind.</summary>
public sealed class RunOutputOptions
{
    /// <summary>
    /// The run folder. One with a checkpoint is gone on with; what another holds of an earlier run is replaced. Null: nothing is written, and there
    /// are no checkpoints.
    /// </summary>
    /// <value>The default value is null.</value>
    public string? Folder { get; set; }

    /// <summary>Steps between samples in <c>completions.jsonl</c>; 0 turns them off. Steps that were skipped leave theirs always.</summary>
    /// <value>The default value is 10.</value>
    [Range(0, int.MaxValue)]
    public int CompletionsEvery { get; set; } = 10;

    /// <summary>Completions a sample has: one of each prompt before a second of any.</summary>
    /// <value>The default value is 4.</value>
    [Range(1, int.MaxValue)]
    public int CompletionsPerSample { get; set; } = 4;

    /// <summary>Whether to write every part of the reward of every completion drawn to <c>rewards.jsonl</c>, about 0.2 kB each. A run without a reward writes none.</summary>
    /// <value>The default value is true.</value>
    public bool Rewards { get; set; } = true;

    /// <summary>Whether to write TensorBoard events too.</summary>
    /// <value>The default value is true.</value>
    public bool TensorBoard { get; set; } = true;

    /// <summary>Whether to write <c>report.html</c> at each evaluation and at the end.</summary>
    /// <value>The default value is true.</value>
    public bool Report { get; set; } = true;
}
