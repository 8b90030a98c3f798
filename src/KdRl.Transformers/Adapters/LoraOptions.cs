namespace KdRl.Transformers;

/// <summary>What a low-rank adapter adds to a frozen model: W′ = W + (alpha / rank)·B·A for each target (Hu et al. 2021).</summary>
public sealed record LoraOptions
{
    /// <summary>Names that can be targets: the projections of attention and of the feed-forward block.</summary>
    internal static readonly string[] Projections = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>Rows of A and columns of B; positive. <c>r</c>.</summary>
    /// <value>The default value is 8.</value>
    public int Rank { get; init; } = 8;

    /// <summary>The product B·A is multiplied by alpha / rank; positive. <c>lora_alpha</c>.</summary>
    /// <value>The default value is 16.</value>
    public double Alpha { get; init; } = 16;

    /// <summary>
    /// Probability with which an input of A is left out while gradients are recorded (the others grow by 1/(1 − p)); from 0, below 1.
    /// Sampling and scoring never drop. The choice comes from torch's default generator. <c>lora_dropout</c>.
    /// </summary>
    /// <value>The default value is 0.</value>
    public double Dropout { get; init; }

    /// <summary>
    /// The projections that are adapted, in every layer: any of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.
    /// Left out: all of them. <c>target_modules</c>.
    /// </summary>
    public IReadOnlyList<string> TargetModules { get; init; } = Projections;

    /// <summary>The first value out of range, as a sentence; null when there is none.</summary>
    internal string? Problem()
    {
        if (Rank <= 0) return $"r is {Rank}; expected a positive number.";
        if (!(Alpha > 0 && double.IsFinite(Alpha))) return $"lora_alpha is {Alpha}; expected a positive number.";
        if (!(Dropout is >= 0 and < 1)) return $"lora_dropout is {Dropout}; expected a number from 0, below 1.";
        if (TargetModules.Count == 0 || TargetModules.Distinct().Count() < TargetModules.Count)
            return $"target_modules is [{string.Join(", ", TargetModules)}]; expected at least one name, none twice.";
        return TargetModules.FirstOrDefault(name => !Projections.Contains(name)) is { } wrong
            ? $"target_modules has '{wrong}'; expected any of {string.Join(", ", Projections)}." : null;
    }
}
