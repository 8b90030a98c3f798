namespace KdRl.Distillation;

/// <summary>
/// How the reverse KL(student‖teacher) is valued from one sampled token, with d = teacher − student log-prob.
/// </summary>
/// <remarks>J. Schulman, "Approximating KL divergence" (2020). How the value enters the gradient is <see cref="GradientPath"/>.</remarks>
public enum KlEstimator
{
    /// <summary>−d: unbiased, high variance, any sign.</summary>
    K1,

    /// <summary>d²/2: biased value, and, differentiated, the unbiased reverse-KL gradient.</summary>
    K2,

    /// <summary>eᵈ − 1 − d: unbiased, never negative; differentiated, it gives the forward-KL gradient.</summary>
    K3,
}
