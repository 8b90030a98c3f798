namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>What a template does.</summary>
/// <param name="Line">Where it stands.</param>
internal abstract record Statement(int Line)
{
    public sealed record Text(int Line, string Value) : Statement(Line);

    public sealed record Output(int Line, Expression Value) : Statement(Line);

    public sealed record If(int Line, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else) : Statement(Line);

    public sealed record For(
        int Line, Expression Target, Expression Items, Expression? Condition, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else) : Statement(Line);

    public sealed record Set(int Line, Expression Target, Expression Value) : Statement(Line);

    /// <summary>Sets to what the body writes, after the filters.</summary>
    public sealed record SetBlock(int Line, Expression Target, Expression? Filter, IReadOnlyList<Statement> Body) : Statement(Line);

    public sealed record Macro(int Line, string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body) : Statement(Line);

    /// <summary>Statements that stand together; <c>generation</c> only marks what the assistant wrote.</summary>
    public sealed record Group(int Line, IReadOnlyList<Statement> Body) : Statement(Line);

    /// <summary><c>break</c>, or <c>continue</c>.</summary>
    public sealed record Jump(int Line, bool IsBreak) : Statement(Line);
}
