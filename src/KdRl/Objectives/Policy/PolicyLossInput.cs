using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>What every policy loss works on; all <c>[B,T]</c>, already 0 where ignored.</summary>
internal readonly record struct PolicyLossInput(
    Tensor LogProbs, Tensor LogRatio, Tensor Advantages, Tensor Ignored, PolicyLossOptions Options);
