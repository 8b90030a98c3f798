namespace KdRl.Objectives;

/// <summary>Rewards of a step by group, with the rows that have a score.</summary>
internal sealed class RewardTable
{
    public RewardTable(double[] rewards, long[] keys, double[]? lengths)
    {
        (Rewards, Lengths) = (rewards, lengths);
        Scored = Array.ConvertAll(rewards, r => !double.IsNaN(r));
        var byKey = new Dictionary<long, List<int>>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (!byKey.TryGetValue(keys[i], out var rows)) byKey.Add(keys[i], rows = []);
            if (Scored[i]) rows.Add(i);
        }
        foreach (var rows in byKey.Values) Order(rows);
        Groups = [.. byKey.Values];
    }

    /// <summary>Sorts rows by reward: sums then do not depend on the order of the batch, so that an advantage is 0 in every order or in none.</summary>
    public void Order(List<int> rows) => rows.Sort((a, b) =>
        Rewards[a] != Rewards[b] || Lengths is null ? Rewards[a].CompareTo(Rewards[b]) : Lengths[a].CompareTo(Lengths[b]));

    public double[] Rewards { get; }

    public double[]? Lengths { get; }

    public bool[] Scored { get; }

    /// <summary>The scored rows of each group, by reward; groups in order of first appearance.</summary>
    public IReadOnlyList<List<int>> Groups { get; }

    /// <summary>Equality of the rewards decides, not smallness of the deviation: a rounded mean would leave noise.</summary>
    public bool IsDead(List<int> rows) => rows.Count < 2 || rows.TrueForAll(i => Rewards[i] == Rewards[rows[0]]);

    public double Mean(List<int> rows) => rows.Count == 0 ? 0 : rows.Sum(i => Rewards[i]) / rows.Count;
}
