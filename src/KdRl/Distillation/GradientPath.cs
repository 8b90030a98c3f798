namespace KdRl.Distillation;

/// <summary>How a KL estimate enters the update.</summary>
public enum GradientPath
{
    /// <summary>The estimate is differentiated.</summary>
    Loss,

    /// <summary>The estimate times exp(lp − sg lp) is differentiated: adds the score-function term that sampling hides.</summary>
    ReweightedLoss,

    /// <summary>Minus the detached estimate is added to the advantage of each token.</summary>
    Advantage,
}
