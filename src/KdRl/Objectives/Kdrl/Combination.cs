namespace KdRl.Objectives;

/// <summary>
/// How the teacher joins the reward. A is the advantage, d = teacher − student log-prob without gradient, β the coefficient of
/// the step times the gate of the response. β = 0 is the policy loss alone in every mode.
/// </summary>
public enum Combination
{
    /// <summary>
    /// The sum: policy loss + β · teacher loss, or, on the advantage path, A + β d inside one policy loss
    /// (KDRL, arXiv 2506.02208 Eq. 8).
    /// </summary>
    Add,

    /// <summary>
    /// (1−β) A + β d: the teacher takes the place of the reward. With a switched coefficient, distillation then reinforcement
    /// (OPD-then-RL, arXiv 2609.04108); with a gate, one or the other by response (SRPO). β lies in [0,1].
    /// </summary>
    Replace,

    /// <summary>A [(1−β) + β clip(exp(sign(A) d), 1±ε)]: the teacher changes the size of an advantage, never its sign (RLSD, arXiv 2604.03128). β lies in [0,1].</summary>
    Multiply,

    /// <summary>The ratio becomes (π/π_old)^(1−β) (π/π_T)^β (TRRD of RLAD, arXiv 2602.22495). β lies in [0,1].</summary>
    Ratio,

    /// <summary>
    /// R + β Σ_t d before the group advantage. Reported unstable, and with a division by the standard deviation the teacher's
    /// noise gets full scale whatever β is; so only with <see cref="AdvantageScale.None"/> (KDRL section 3.1).
    /// </summary>
    RewardShaping,
}
