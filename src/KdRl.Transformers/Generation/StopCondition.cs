using System.Runtime.InteropServices;
using System.Text;

namespace KdRl.Transformers.Generation;

/// <summary>When a completion has said that it ends: by a token, or by text.</summary>
/// <param name="tokens">Stop tokens.</param>
/// <param name="strings">Stop strings; none is empty.</param>
/// <param name="tokenizer">Turns tokens into text.</param>
internal sealed class StopCondition(IEnumerable<int> tokens, IReadOnlyList<string> strings, Tokenizer tokenizer)
{
    private readonly HashSet<int> tokens = [.. tokens];
    private readonly int characters = strings.Select(text => text.Length).DefaultIfEmpty(0).Max();

    // A token says at least a byte, but for special tokens.
    private readonly int window = strings.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty(0).Max() + 1;

    /// <summary>Whether the last token ends the completion.</summary>
    public bool IsMet(List<int> completion)
    {
        if (tokens.Contains(completion[^1])) return true;
        if (strings.Count == 0) return false;
        for (var count = window; ; count *= 2)
        {
            var tail = CollectionsMarshal.AsSpan(completion)[Math.Max(0, completion.Count - count)..];
            var text = tokenizer.Decode(tail);
            foreach (var stop in strings)
                if (text.Contains(stop, StringComparison.Ordinal)) return true;
            // Tokens without text may hide the start of a stop string.
            if (tail.Length == completion.Count || text.Length > characters) return false;
        }
    }
}
