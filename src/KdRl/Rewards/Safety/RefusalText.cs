namespace KdRl.Rewards;

/// <summary>Recognises refusals by how they begin. A judge knows better; this costs nothing.</summary>
public static class RefusalText
{
    private const int Opening = 200;

    private static readonly string[] Phrases =
    [
        "i'm sorry", "i am sorry", "sorry, ", "i apologize", "i apologise", "i can't", "i cannot", "i can not", "i won't", "i will not", "i'm unable", "i am unable", "i'm not able",
        "i am not able", "i must decline", "i have to decline", "i refuse", "can't help with", "cannot help with", "can't assist", "cannot assist", "can't provide", "cannot provide",
        "抱歉", "对不起", "我不能", "我无法",
    ];

    /// <summary>Whether one of the usual phrases ("I'm sorry", "I can't", "I cannot assist", 抱歉 …) stands in the first 200 characters, whatever its case.</summary>
    /// <param name="answer">The answer, without its reasoning.</param>
    public static bool IsRefusal(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var opening = answer.AsSpan().Trim();
        var text = opening[..Math.Min(opening.Length, Opening)].ToString().Replace('’', '\'');
        return Phrases.Any(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase));
    }
}
