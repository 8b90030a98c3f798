using System.ComponentModel.DataAnnotations;

namespace KdRl.Training;

/// <summary>When checkpoints are written, into <c>checkpoints/step-N</c> of the run folder.</summary>
public sealed class CheckpointOptions
{
    /// <summary>Steps between checkpoints. One is also written when the run ends, is cancelled or is left early. 0 turns all of them off.</summary>
    /// <value>The default value is 50.</value>
    [Range(0, int.MaxValue)]
    public int Every { get; set; } = 50;

    /// <summary>How many of the newest stay.</summary>
    /// <value>The default value is 3.</value>
    [Range(1, int.MaxValue)]
    public int KeepLast { get; set; } = 3;

    /// <summary>Whether a run goes on from the newest complete checkpoint of its folder. False: a folder that has one is refused.</summary>
    /// <value>The default value is true.</value>
    public bool Resume { get; set; } = true;
}
