namespace KdRl.Rewards;

/// <summary>One token of an answer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its canonical text: <c>\leqslant</c> and <c>≤</c> are both <c>&lt;=</c>.</param>
/// <param name="SpaceBefore">A blank stands before it.</param>
/// <param name="InText">It stands inside <c>\text{}</c> or the like.</param>
internal readonly record struct MathToken(MathTokenKind Kind, string Text, bool SpaceBefore, bool InText)
{
    public bool Is(string sign) => Kind == MathTokenKind.Sign && Text == sign;

    public bool IsCommand(string name) => Kind == MathTokenKind.Command && Text == name;

    public bool IsWord(string word) => Kind == MathTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>An unsigned integer.</summary>
    public bool IsInteger => Kind == MathTokenKind.Number && !Text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
