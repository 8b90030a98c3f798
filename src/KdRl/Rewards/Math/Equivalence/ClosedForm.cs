namespace KdRl.Rewards;

/// <summary>Whether an answer to a numeric question is a number, not the question written again.</summary>
internal static class ClosedForm
{
    /// <summary>Largest argument of a factorial or binomial that still counts as a number.</summary>
    private const int MaxFactorial = 20;

    /// <summary>Whether the node has a value without knowing any symbol.</summary>
    public static bool IsClosed(MathNode node) => !node.Any(n => n.Kind is MathNodeKind.Symbol or MathNodeKind.Text || (n.Kind == MathNodeKind.Function && !MathEvaluator.Knows(n.Name)));

    /// <summary>Whether an answer has at most so many operations more than the reference, and no functions that the reference has none of.</summary>
    public static bool IsLiteral(MathNode answer, MathNode reference, int maxOperators) =>
        answer.Kind == MathNodeKind.Number
        || (Operators(answer) <= maxOperators + 2 * Operators(reference)
            && (!answer.Any(IsTranscendental) || reference.Any(IsTranscendental) || reference.Any(IsRotation))
            && (!answer.Any(IsLargeCount) || reference.Any(IsCount)));

    private static int Operators(MathNode node) => node.Items.Sum(Operators) + node.Kind switch
    {
        MathNodeKind.Sum or MathNodeKind.Product => node.Items.Length - 1,
        MathNodeKind.Quotient or MathNodeKind.Power or MathNodeKind.PlusMinus => 1,
        MathNodeKind.Function => node.Name == "mixed" ? 0 : 1,
        _ => 0,
    };

    private static bool IsTranscendental(MathNode node) => node.Kind == MathNodeKind.Function &&
        node.Name is not ("mixed" or "sqrt" or "cbrt" or "fourthroot" or "root" or "abs" or "exp" or "factorial" or "binom");

    /// <summary>e^{iφ}, which cosine and sine say as well.</summary>
    private static bool IsRotation(MathNode node) => node is { Kind: MathNodeKind.Power, Items: [{ Kind: MathNodeKind.Constant, Name: "e" }, var exponent] } && exponent.Any(n => n is { Kind: MathNodeKind.Constant, Name: "i" });

    private static bool IsCount(MathNode node) => node is { Kind: MathNodeKind.Function, Name: "factorial" or "binom" };

    private static bool IsLargeCount(MathNode node) => IsCount(node) && !(node.Items[0].Kind == MathNodeKind.Number && node.Items[0].Number.CompareTo(new Rational(MaxFactorial)) <= 0);
}
