using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>A policy loss of each token, and where its bounds acted.</summary>
/// <param name="PerToken">The loss, <c>[B,T]</c>, with gradient; 0 outside the mask.</param>
/// <param name="ClippedLow">True where the lower bound acted (r below it, A &lt; 0), <c>bool [B,T]</c>; null for a loss without bounds.</param>
/// <param name="ClippedHigh">True where the upper bound acted (r above it, A &gt; 0); null for a loss without bounds.</param>
/// <param name="DualClipped">True where the dual clip acted; null without one.</param>
public sealed record PolicyLossResult(Tensor PerToken, Tensor? ClippedLow = null, Tensor? ClippedHigh = null, Tensor? DualClipped = null);
