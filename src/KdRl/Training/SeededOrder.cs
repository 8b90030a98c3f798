namespace KdRl.Training;

/// <summary>
/// The order in which prompts or examples are drawn: every epoch a new permutation. It is a pure function of the seed and of how many were drawn
/// before, so a run resumes from that count alone.
/// </summary>
/// <param name="items">What one epoch has.</param>
/// <param name="seed">Chooses the permutations.</param>
internal sealed class SeededOrder<T>(IReadOnlyList<T> items, long seed)
{
    private long shuffledEpoch = -1;
    private int[] order = [];

    /// <summary>Draws the next items.</summary>
    /// <param name="cursor">Items drawn before.</param>
    /// <param name="count">How many to draw.</param>
    public IReadOnlyList<T> Take(long cursor, int count) => [.. Enumerable.Range(0, count).Select(i => At(cursor + i))];

    private T At(long position)
    {
        var epoch = position / items.Count;
        if (epoch != shuffledEpoch)
        {
            order = [.. Enumerable.Range(0, items.Count)];
            new Random(Seeds.Narrow(Seeds.Mix(seed, epoch))).Shuffle(order);
            shuffledEpoch = epoch;
        }

        return items[order[position % items.Count]];
    }
}
