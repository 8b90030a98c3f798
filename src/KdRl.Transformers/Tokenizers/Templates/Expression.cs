namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>What a template computes.</summary>
/// <param name="Line">Where it stands.</param>
internal abstract record Expression(int Line)
{
    public sealed record Constant(int Line, object? Value) : Expression(Line);

    public sealed record Variable(int Line, string Name) : Expression(Line);

    public sealed record Sequence(int Line, IReadOnlyList<Expression> Items, bool IsTuple) : Expression(Line);

    public sealed record Map(int Line, IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression(Line);

    public sealed record Unary(int Line, string Operator, Expression Operand) : Expression(Line);

    public sealed record Binary(int Line, string Operator, Expression Left, Expression Right) : Expression(Line);

    /// <summary><c>and</c>, <c>or</c>: the value of the operand that decides.</summary>
    public sealed record Logical(int Line, bool IsAnd, Expression Left, Expression Right) : Expression(Line);

    /// <summary>A chain such as <c>a &lt; b &lt;= c</c>.</summary>
    public sealed record Comparison(int Line, Expression First, IReadOnlyList<(string Operator, Expression Right)> Rest) : Expression(Line);

    public sealed record Conditional(int Line, Expression Condition, Expression Then, Expression? Else) : Expression(Line);

    public sealed record Attribute(int Line, Expression Target, string Name) : Expression(Line);

    public sealed record Index(int Line, Expression Target, Expression Key) : Expression(Line);

    public sealed record Slice(int Line, Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression(Line);

    public sealed record Call(int Line, Expression Target, CallArguments Arguments) : Expression(Line);

    /// <param name="Line">Where it stands.</param>
    /// <param name="Target">Null: the body of the block that the filter belongs to.</param>
    /// <param name="Name">Which filter.</param>
    /// <param name="Arguments">What it gets besides.</param>
    public sealed record Filter(int Line, Expression? Target, string Name, CallArguments Arguments) : Expression(Line);

    public sealed record Test(int Line, Expression Target, string Name, CallArguments Arguments, bool IsNegated) : Expression(Line);
}
