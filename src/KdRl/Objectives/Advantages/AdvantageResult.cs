using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Advantages of one optimiser step and what there is to tell of them.</summary>
public sealed class AdvantageResult
{
    /// <summary>The advantages, <c>[B]</c>, of the type and device of the rewards, without gradient.</summary>
    public required Tensor Advantages { get; init; }

    /// <summary>True on rows with a score, <c>bool [B]</c>.</summary>
    public required Tensor Scored { get; init; }

    /// <summary>Groups in the step.</summary>
    public required int Groups { get; init; }

    /// <summary>Groups whose advantages are all 0: fewer than two scores, or all scores equal.</summary>
    public required int DeadGroups { get; init; }

    /// <summary>Rows without a score.</summary>
    public required int UnscoredRows { get; init; }
}
