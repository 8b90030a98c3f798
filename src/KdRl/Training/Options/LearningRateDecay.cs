namespace KdRl.Training;

/// <summary>How the learning rate goes from its peak to its end.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays at the peak.</summary>
    Constant,

    /// <summary>It falls in a straight line.</summary>
    Linear,

    /// <summary>It falls along half a cosine.</summary>
    Cosine,
}
