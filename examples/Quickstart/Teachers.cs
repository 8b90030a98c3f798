using KdRl.Examples.Quickstart.Tasks;

namespace KdRl.Examples.Quickstart;

/// <summary>The teachers that a student can have.</summary>
internal static class Teachers
{
    /// <summary>Taught on every kind of problem.</summary>
    public const string Good = "good";

    /// <summary>Never shown a multiplication by 3, so it is wrong wherever one occurs: a student that only imitates it ends there too.</summary>
    public const string Imperfect = "imperfect";

    public static readonly IReadOnlyList<string> Names = [Good, Imperfect];

    /// <summary>Which problems a teacher is taught on; null: all.</summary>
    public static Func<ModularProblem, bool>? Lessons(string name) => name switch
    {
        Good => null,
        Imperfect => problem => !problem.Text.Contains("*3", StringComparison.Ordinal),
        _ => throw new ArgumentException($"There is no teacher '{name}'; known are {string.Join(", ", Names)}.", nameof(name)),
    };
}
