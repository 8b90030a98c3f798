namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>One run of the comparison.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Teacher">Its teacher: good or imperfect.</param>
/// <param name="Method">Its method.</param>
/// <param name="Folder">Where it is kept.</param>
internal sealed record ComparisonArm(long Seed, string Teacher, string Method, string Folder);
