namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>One line of the table: a method with a teacher, over the seeds.</summary>
/// <param name="Method">The method; <see cref="Start"/> for the student before any.</param>
/// <param name="Teacher">Which teacher: good or imperfect.</param>
/// <param name="Accuracies">Held-out accuracy of each seed, in the order of the seeds.</param>
/// <param name="AnswerTokens">Mean tokens of a held-out answer, over the seeds.</param>
internal sealed record ArmRow(string Method, string Teacher, IReadOnlyList<double> Accuracies, double AnswerTokens)
{
    public const string Start = "start";

    public string Label => Method == Start ? Start : Methods.Get(Method).Label;

    public MeanInterval Accuracy => MeanInterval.Of(Accuracies);

    /// <summary>Differences of this row from another, seed by seed: both started from the same student and teacher.</summary>
    public MeanInterval Minus(ArmRow other) => MeanInterval.Of([.. Accuracies.Zip(other.Accuracies, (a, b) => a - b)]);
}
