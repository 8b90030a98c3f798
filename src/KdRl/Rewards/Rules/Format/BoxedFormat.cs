namespace KdRl.Rewards;

/// <summary>Whether a response marks its final answer as <c>\boxed{…}</c> or <c>\fbox{…}</c>. What stands in it is for a verifier.</summary>
public static class BoxedFormat
{
    private static readonly string[] Commands = [@"\boxed", @"\fbox"];

    /// <summary>The contents of the complete outermost boxes, in order. A box that is never closed is none; <c>\{</c> and <c>\}</c> do not count as braces.</summary>
    /// <param name="text">The response. Read once from left to right.</param>
    public static IReadOnlyList<string> Contents(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var boxes = new List<(int From, int To)>();
        var open = new Stack<(int Start, bool IsBox)>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                var brace = BraceOfBox(text, i);
                if (brace >= 0) open.Push((brace + 1, true));
                i = brace >= 0 ? brace : i + 1;
            }
            else if (text[i] == '{')
            {
                open.Push((i + 1, false));
            }
            else if (text[i] == '}' && open.TryPop(out var group) && group.IsBox)
            {
                while (boxes.Count > 0 && boxes[^1].From > group.Start) boxes.RemoveAt(boxes.Count - 1);
                boxes.Add((group.Start, i));
            }
        }

        return [.. boxes.Select(b => text[b.From..b.To])];
    }

    /// <summary>There is exactly one complete outermost box, and it is not blank.</summary>
    /// <param name="text">The response, or its part after the reasoning.</param>
    public static bool IsWellFormed(string text) => Contents(text) is [var content] && !string.IsNullOrWhiteSpace(content);

    /// <summary>The brace that opens the box whose command stands at this place; −1 when there is none.</summary>
    private static int BraceOfBox(string text, int at)
    {
        foreach (var command in Commands)
        {
            if (string.CompareOrdinal(text, at, command, 0, command.Length) != 0) continue;
            var brace = at + command.Length;
            while (brace < text.Length && char.IsWhiteSpace(text[brace])) brace++;
            return brace < text.Length && text[brace] == '{' ? brace : -1;
        }

        return -1;
    }
}
