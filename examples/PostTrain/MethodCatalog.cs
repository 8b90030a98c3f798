using KdRl.Objectives;

namespace KdRl.Examples.PostTrain;

/// <summary>The methods that the command line knows by name; coefficients are the paper's unless one is given.</summary>
internal static class MethodCatalog
{
    public const string Grpo = "grpo";
    private const string Annealed = "kdrl-annealed";

    private static readonly Dictionary<string, Func<double?, KdrlOptions>> Known = new()
    {
        [Grpo] = _ => KdrlOptions.Grpo(),
        ["kd-rkl"] = beta => beta is null ? KdrlOptions.PureDistillation() : KdrlOptions.PureDistillation(beta.Value),
        ["kdrl"] = beta => beta is null ? KdrlOptions.Kdrl() : KdrlOptions.Kdrl(beta.Value),
        ["kdrl-exact"] = beta => beta is null ? KdrlOptions.KdrlExact() : KdrlOptions.KdrlExact(beta.Value),
        [Annealed] = _ => KdrlOptions.KdrlAnnealing(),
        ["kdrl-masked"] = beta => beta is null ? KdrlOptions.KdrlMasking() : KdrlOptions.KdrlMasking(beta.Value),
        ["kdrl-group-masked"] = beta => beta is null ? KdrlOptions.KdrlGroupMask() : KdrlOptions.KdrlGroupMask(beta.Value),
    };

    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>The objective of a run.</summary>
    /// <exception cref="ArgumentException">The method is not known, or teacher and coefficient do not fit it.</exception>
    public static KdrlOptions Create(string? method, bool hasTeacher, double? beta)
    {
        var name = method ?? (hasTeacher ? "kdrl" : Grpo);
        if (!Known.TryGetValue(name, out var create))
            throw new ArgumentException($"There is no method '{name}'; known are {string.Join(", ", Names)}.", nameof(method));
        if (name == Grpo && hasTeacher) throw new ArgumentException("grpo asks no teacher; leave --teacher out or choose another method.", nameof(method));
        if (name != Grpo && !hasTeacher) throw new ArgumentException($"{name} needs a teacher; name one with --teacher.", nameof(method));
        if (beta is not null && name is Grpo or Annealed)
            throw new ArgumentException($"--beta has no effect on {name}; leave it out.", nameof(beta));
        return create(beta);
    }
}
