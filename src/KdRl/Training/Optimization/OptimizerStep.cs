namespace KdRl.Training.Optimization;

/// <summary>What a step did.</summary>
/// <param name="Applied">False when the gradient norm was not finite: nothing but the gradients was changed.</param>
/// <param name="GradientNorm">Global L2 norm of the gradient before clipping.</param>
/// <param name="ClipFactor">What the gradient was multiplied by: 1, or less when it was clipped.</param>
public readonly record struct OptimizerStep(bool Applied, double GradientNorm, double ClipFactor);
