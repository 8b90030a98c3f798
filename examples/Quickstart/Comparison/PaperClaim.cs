namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>An ordering that the KDRL paper (arXiv 2506.02208) reports, on mathematics with a 1.5B student.</summary>
/// <param name="Better">The method said to be better.</param>
/// <param name="Worse">The method said to be worse.</param>
/// <param name="Points">By how many points of accuracy.</param>
internal sealed record PaperClaim(string Better, string Worse, double Points)
{
    /// <summary>The differences between mean accuracies over six benchmarks, and k2 against k3.</summary>
    public static readonly IReadOnlyList<PaperClaim> All =
    [
        new("kdrl-annealed", "kd-rkl", 1.1),
        new("kdrl-annealed", "grpo", 2.6),
        new("kdrl-annealed", "sft", 4.7),
        new("kd-rkl", "grpo", 1.5),
        new("grpo", "sft", 2.1),
        new("kdrl", "kdrl-k3", 1.4),
    ];

    /// <summary>What the differences of paired runs say of the claim.</summary>
    public static string Verdict(MeanInterval difference) => difference switch
    {
        { IsDecided: true, Mean: > 0 } => "confirmed",
        { IsDecided: true } => "contradicted",
        { Mean: > 0 } => "same direction, interval holds 0",
        _ => "opposite direction, interval holds 0",
    };
}
