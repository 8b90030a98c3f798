namespace KdRl.Rewards;

/// <summary>A piece of a response.</summary>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index behind its last one.</param>
internal readonly record struct TextSpan(int Start, int End)
{
    public int Length => End - Start;

    public string Of(string text) => text[Start..End];
}
