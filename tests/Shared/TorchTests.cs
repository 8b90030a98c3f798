namespace KdRl.TestSupport;

/// <summary>
/// Torch tests run one after another: a second managed thread that allocates while a native call runs can have its
/// arguments finalised, and live-tensor counts are process-wide.
/// </summary>
[CollectionDefinition("torch", DisableParallelization = true)]
public sealed class TorchTests;
