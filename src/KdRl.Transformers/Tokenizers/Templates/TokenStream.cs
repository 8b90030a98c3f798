using System.Runtime.CompilerServices;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>The tokens of a template, read one after another.</summary>
internal sealed class TokenStream(List<TemplateToken> tokens)
{
    private int at;

    public TemplateToken Current => tokens[at];

    public int Line => Current.Line;

    public TemplateToken Next()
    {
        var token = tokens[at];
        if (at + 1 < tokens.Count) at++;
        return token;
    }

    public bool Is(TemplateTokenKind kind) => Current.Kind == kind;

    public bool IsOperator(string text) => Is(TemplateTokenKind.Operator) && Current.Text == text;

    public bool IsName(string text) => Is(TemplateTokenKind.Name) && Current.Text == text;

    /// <summary>Whether the token after the current one is this name.</summary>
    public bool IsNextName(string text) => at + 1 < tokens.Count && tokens[at + 1] is { Kind: TemplateTokenKind.Name } next && next.Text == text;

    /// <summary>Whether the token after the current one is this operator.</summary>
    public bool IsNextOperator(string text) => at + 1 < tokens.Count && tokens[at + 1] is { Kind: TemplateTokenKind.Operator } next && next.Text == text;

    public bool SkipOperator(string text)
    {
        if (!IsOperator(text)) return false;
        Next();
        return true;
    }

    public bool SkipName(string text)
    {
        if (!IsName(text)) return false;
        Next();
        return true;
    }

    public TemplateToken Expect(TemplateTokenKind kind, string what) => Is(kind) ? Next() : throw Fail($"found {Current}; expected {what}");

    public void ExpectOperator(string text)
    {
        if (!SkipOperator(text)) throw Fail($"found {Current}; expected '{text}'");
    }

    public TemplateException Fail(string problem) => new(Line, problem);

    /// <summary>Called wherever the parser calls itself.</summary>
    public void GuardDepth()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Fail("the template is nested too deeply");
    }
}
