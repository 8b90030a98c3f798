namespace KdRl.Rewards;

/// <summary>Works out multiples of matrices: ½·(2, 4) is (1, 2).</summary>
internal static class MatrixMultiples
{
    /// <summary>The matrix that a product or quotient with exactly one matrix in it is; other nodes as they are.</summary>
    public static MathNode Distribute(MathNode node)
    {
        switch (node.Kind)
        {
            case MathNodeKind.Negate when node.Items[0].Kind == MathNodeKind.Matrix:
                return Each(node.Items[0], entry => MathNode.Of(MathNodeKind.Negate, entry));
            case MathNodeKind.Quotient when node.Items[0].Kind == MathNodeKind.Matrix && node.Items[1].Kind != MathNodeKind.Matrix:
                return Each(node.Items[0], entry => MathNode.Of(MathNodeKind.Quotient, entry, node.Items[1]));
            case MathNodeKind.Product when Array.FindAll(node.Items, IsMatrix) is [var matrix]:
                MathNode[] factors = Array.FindAll(node.Items, i => !IsMatrix(i));
                return Each(matrix, entry => MathNode.Of(MathNodeKind.Product, [.. factors, entry]));
            default: return node;
        }
    }

    private static bool IsMatrix(MathNode node) => node.Kind == MathNodeKind.Matrix;

    private static MathNode Each(MathNode matrix, Func<MathNode, MathNode> change) => matrix.With(Array.ConvertAll(matrix.Items, i => change(i)));
}
