namespace KdRl.Transformers;

/// <summary>Checkpoints whose mean difference from the base is added with one weight.</summary>
/// <param name="Checkpoints">Their directories; at least one.</param>
/// <param name="Weight">λ, finite; may be negative. Left out (null): 1 over the number of groups, so that one group is a plain average.</param>
public sealed record MergeGroup(IReadOnlyList<string> Checkpoints, double? Weight = null);
