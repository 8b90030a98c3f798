namespace KdRl.Distillation;

/// <summary>How the divergence from a reference model is valued at a sampled token, with d = reference − student log-prob.</summary>
public enum KlPenaltyEstimator
{
    /// <summary>−d.</summary>
    K1,

    /// <summary>|d|: no divergence, kept for its peers' sake.</summary>
    Abs,

    /// <summary>d²/2.</summary>
    K2,

    /// <summary>eᵈ − 1 − d.</summary>
    K3,
}
