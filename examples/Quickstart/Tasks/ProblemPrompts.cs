using KdRl.Rollouts;

namespace KdRl.Examples.Quickstart.Tasks;

/// <summary>Hands problems to the trainers.</summary>
internal static class ProblemPrompts
{
    /// <summary>The problem as a prompt; its text is its id.</summary>
    public static Prompt ToPrompt(this ModularProblem problem) =>
        Prompt.FromText(problem.Text, problem.Text) with { Reference = $"{problem.Answer}", Task = "arithmetic" };
}
