namespace KdRl.Training;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Path">Relative to the checkpoint, with forward slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
internal sealed record CheckpointFile(string Path, long Bytes, string Sha256);
