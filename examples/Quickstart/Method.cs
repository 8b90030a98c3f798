using KdRl.Objectives;

namespace KdRl.Examples.Quickstart;

/// <summary>A way to post-train.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Label">What tables call it.</param>
/// <param name="LearningRate">Peak of the learning rate.</param>
/// <param name="AsksTeacher">Whether the run depends on the teacher.</param>
/// <param name="Objective">What it minimises over a run of so many steps; null: cross-entropy on the teacher's right answers.</param>
internal sealed record Method(string Name, string Label, double LearningRate, bool AsksTeacher, Func<int, KdrlOptions>? Objective)
{
    /// <summary>Whether answers are scored.</summary>
    public bool UsesRewards => Objective?.Invoke(1).UseRewards ?? true;
}
