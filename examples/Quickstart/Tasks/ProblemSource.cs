namespace KdRl.Examples.Quickstart.Tasks;

/// <summary>Draws problems. Which are held out is a property of the problem's text, so training never sees one by chance.</summary>
/// <param name="minOperations">Fewest operations in a problem.</param>
/// <param name="maxOperations">Most operations in a problem.</param>
internal sealed class ProblemSource(int minOperations, int maxOperations)
{
    private const int HeldOutShare = 8;

    /// <summary>The longest worked answer, in characters.</summary>
    public int LongestAnswer => maxOperations * ModularProblem.StepLength;

    /// <summary>A problem that training may see.</summary>
    /// <param name="random">Where the operands come from.</param>
    /// <param name="accept">Refuses problems, to teach a model with gaps; null: all are taken.</param>
    public ModularProblem Training(Random random, Func<ModularProblem, bool>? accept = null)
    {
        while (true)
        {
            var problem = Draw(random);
            if (!IsHeldOut(problem) && (accept is null || accept(problem))) return problem;
        }
    }

    /// <summary>Different problems that training never sees.</summary>
    public IReadOnlyList<ModularProblem> HeldOut(int count, long seed)
    {
        var random = Seeds.Random(seed, "held-out");
        var found = new Dictionary<string, ModularProblem>(count);
        while (found.Count < count)
        {
            var problem = Draw(random);
            if (IsHeldOut(problem)) found.TryAdd(problem.Text, problem);
        }
        return [.. found.Values];
    }

    /// <summary>Whether a problem belongs to the eighth that is kept for evaluation.</summary>
    public static bool IsHeldOut(ModularProblem problem) => Seeds.Hash(problem.Text) % HeldOutShare == 0;

    private ModularProblem Draw(Random random)
    {
        var operations = new (char, int)[random.Next(minOperations, maxOperations + 1)];
        for (var i = 0; i < operations.Length; i++)
        {
            var op = "+-*"[random.Next(3)];
            operations[i] = (op, random.Next(op == '*' ? 2 : 1, ModularProblem.Modulus));
        }
        return ModularProblem.Of(random.Next(ModularProblem.Modulus), operations);
    }
}
