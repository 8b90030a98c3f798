namespace KdRl.Rewards.Code;

/// <summary>Finds the code in an answer.</summary>
public static class CodeBlock
{
    /// <summary>
    /// The last closed code block (``` or ~~~) of the answer whose tag is one of the language's; without one, the last that has no tag. Looks only
    /// behind the last <c>&lt;/think&gt;</c>; thinking that never ends has no answer. Null when there is no such block.
    /// </summary>
    /// <param name="response">What the policy wrote.</param>
    /// <param name="fenceTags">Tags of the language, lower case.</param>
    /// <remarks>A block that is never closed is no block: the answer was cut off. Time grows linearly with the length.</remarks>
    public static string? Extract(string response, IReadOnlyList<string> fenceTags)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(fenceTags);
        var split = ReasoningSplit.Parse(response);
        if (split.Unfinished) return null;
        var answer = split.Answer;
        Range? tagged = null, plain = null;
        var (fence, start, tag) = ("", 0, "");
        for (var (at, next) = (0, 0); at < answer.Length; at = next)
        {
            var end = answer.IndexOf('\n', at);
            next = end < 0 ? answer.Length : end + 1;
            var line = answer.AsSpan(at..next).Trim();
            var run = FenceLength(line);
            if (fence.Length == 0)
            {
                // A tag with a backtick is code in a line of text, not a fence.
                if (run == 0 || line[run..].Contains('`')) continue;
                (fence, start, tag) = (line[..run].ToString(), next, line[run..].Trim().ToString().Split(' ', '{', ',')[0].ToLowerInvariant());
            }
            else if (run >= fence.Length && run == line.Length && line[0] == fence[0])
            {
                if (fenceTags.Contains(tag)) tagged = start..at;
                else if (tag.Length == 0) plain = start..at;
                fence = "";
            }
        }
        return (tagged ?? plain) is { } found ? answer[found] : null;
    }

    private static int FenceLength(ReadOnlySpan<char> line)
    {
        if (line.Length < 3 || line[0] is not ('`' or '~')) return 0;
        var length = line.IndexOfAnyExcept(line[0]);
        if (length < 0) length = line.Length;
        return length >= 3 ? length : 0;
    }
}
