using System.Numerics;

namespace KdRl.Rewards;

/// <summary>Whether numbers are written in lowest terms.</summary>
internal static class SimplestForm
{
    /// <summary>No fraction of integers has a common factor or the denominator 1, no literal operation is left to do.</summary>
    public static bool Is(MathNode node)
    {
        if (!Array.TrueForAll(node.Items, Is)) return false;
        return node.Kind switch
        {
            MathNodeKind.Quotient => !(IsInteger(node.Items[0]) && IsInteger(node.Items[1])) || IsReduced(Value(node.Items[0]), Value(node.Items[1])),
            MathNodeKind.Sum or MathNodeKind.Product => Array.FindAll(node.Items, IsRational).Length < 2,
            _ => true,
        };
    }

    private static bool IsInteger(MathNode node) => node.Kind == MathNodeKind.Number && node.Number.IsInteger || (node.Kind == MathNodeKind.Negate && IsInteger(node.Items[0]));

    private static bool IsRational(MathNode node) => IsInteger(node) || (node.Kind is MathNodeKind.Quotient or MathNodeKind.Negate && Array.TrueForAll(node.Items, IsRational));

    private static BigInteger Value(MathNode node) => node.Kind == MathNodeKind.Negate ? -Value(node.Items[0]) : node.Number.Numerator;

    private static bool IsReduced(BigInteger a, BigInteger b) => BigInteger.Abs(b) > 1 && BigInteger.GreatestCommonDivisor(a, b).IsOne;
}
