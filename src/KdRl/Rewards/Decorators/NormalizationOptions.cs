using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How scores of one source are brought to a common scale: z = clip((s − μ)/σ, −c, c).</summary>
public sealed class NormalizationOptions
{
    /// <summary>c, the largest |z|.</summary>
    /// <value>The default value is 2; the MARS papers publish none.</value>
    [Range(1e-3, 1e6)]
    public double Clip { get; set; } = 2;

    /// <summary>Scores seen before there is a scale; until then z is 0.</summary>
    /// <value>The default value is 2.</value>
    [Range(2, int.MaxValue)]
    public int MinSamples { get; set; } = 2;

    /// <summary>Weight that a step leaves to the scores of the steps before it, in (0,1]. Below 1, μ and σ follow a source whose scores drift.</summary>
    /// <value>The default value is 1: all scores of the run count alike.</value>
    [Range(1e-6, 1.0)]
    public double Decay { get; set; } = 1;
}
