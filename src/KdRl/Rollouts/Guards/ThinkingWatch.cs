namespace KdRl.Rollouts;

/// <summary>Sees whether a completion still thinks.</summary>
/// <param name="end">How thinking ends; null: there is none.</param>
internal sealed class ThinkingWatch(ThinkingEnd? end)
{
    private readonly TokenSequenceFinder tag = new(end?.Tag ?? []);

    /// <summary>The closing tag has not come yet.</summary>
    public bool IsThinking { get; private set; } = end is not null;

    /// <summary>Takes a token, whoever wrote it.</summary>
    public void Take(int token)
    {
        if (IsThinking && tag.Ends(token)) IsThinking = false;
    }
}
