namespace KdRl.Rollouts;

/// <summary>Finds a sequence in a stream of tokens (Knuth, Morris and Pratt), in constant time a token on average.</summary>
internal sealed class TokenSequenceFinder
{
    private readonly int[] sequence;
    private readonly int[] fallback;
    private int matched;

    /// <param name="sequence">What is looked for; empty: it is never found.</param>
    public TokenSequenceFinder(IReadOnlyList<int> sequence)
    {
        this.sequence = [.. sequence];
        // fallback[i]: length of the longest proper border of the first i tokens.
        fallback = new int[this.sequence.Length + 1];
        for (int i = 1, border = 0; i < this.sequence.Length; i++)
        {
            while (border > 0 && this.sequence[i] != this.sequence[border]) border = fallback[border];
            if (this.sequence[i] == this.sequence[border]) border++;
            fallback[i + 1] = border;
        }
    }

    /// <summary>Takes a token; true when the sequence ends with it.</summary>
    public bool Ends(int token)
    {
        if (sequence.Length == 0) return false;
        while (matched > 0 && sequence[matched] != token) matched = fallback[matched];
        if (sequence[matched] == token) matched++;
        if (matched < sequence.Length) return false;
        matched = fallback[matched];
        return true;
    }
}
