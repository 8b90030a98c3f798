namespace KdRl.Rewards;

/// <summary>Phrases that stand for mathematics, or for each other.</summary>
internal static class MathPhrases
{
    private static readonly string[] Articles = ["the ", "a ", "an "];

    /// <summary>What a phrase in lower case, its words separated by single blanks, stands for.</summary>
    public static MathNode Canonical(string phrase) => phrase switch
    {
        "empty set" or "no solution" or "no solutions" or "no real solution" or "no real solutions" or "none" or "no such value" or "there is no solution" or
            "there are no solutions" or "the empty set" or "null set" => MathNode.Symbol("emptyset"),
        "all real numbers" or "all reals" or "all real" or "any real number" or "real numbers" or "the real numbers" or "all real numbers x" => MathNode.Symbol("reals"),
        "all integers" or "any integer" or "the integers" or "integers" => MathNode.Symbol("integers"),
        "dne" or "does not exist" or "undefined" or "not defined" => MathNode.Text("does not exist"),
        "infinite" => MathNode.Constant("infinity"),
        "true" or "false" or "yes" or "no" => MathNode.Text(phrase),
        _ => MathNode.Text(WithoutArticle(phrase)),
    };

    private static string WithoutArticle(string phrase) =>
        Array.Find(Articles, a => phrase.StartsWith(a, StringComparison.Ordinal)) is { } article ? phrase[article.Length..] : phrase;
}
