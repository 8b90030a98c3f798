using MathNet.Numerics.Statistics;

namespace KdRl.Rewards;

/// <summary>How far two rankings, or several raters, agree.</summary>
public static class Agreement
{
    /// <summary>Spearman's ρ: Pearson's correlation of the ranks, ties sharing their mean rank. In [−1,1].</summary>
    /// <param name="first">Scores of the items.</param>
    /// <param name="second">Other scores of the same items.</param>
    /// <returns>The correlation; null when one side is constant.</returns>
    /// <exception cref="ArgumentException">Lengths differ, fewer than two items, or a score that is not finite.</exception>
    public static double? Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        Check(first, second);
        var correlation = Correlation.Spearman(first, second);
        return double.IsNaN(correlation) ? null : Math.Clamp(correlation, -1, 1);
    }

    /// <summary>Kendall's τ-b: (C − D) / √((N − T₁)(N − T₂)), C and D concordant and discordant pairs, N all pairs, T pairs tied on one side. In [−1,1]; time grows with the square of the items.</summary>
    /// <param name="first">Scores of the items.</param>
    /// <param name="second">Other scores of the same items.</param>
    /// <returns>The correlation; null when one side is constant.</returns>
    /// <exception cref="ArgumentException">Lengths differ, fewer than two items, or a score that is not finite.</exception>
    public static double? KendallTauB(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        Check(first, second);
        long balance = 0, untiedFirst = 0, untiedSecond = 0;
        for (var i = 0; i < first.Count; i++)
        {
            for (var j = i + 1; j < first.Count; j++)
            {
                var (a, b) = (first[i].CompareTo(first[j]), second[i].CompareTo(second[j]));
                balance += a * b;
                untiedFirst += Math.Abs(a);
                untiedSecond += Math.Abs(b);
            }
        }
        return untiedFirst == 0 || untiedSecond == 0 ? null : balance / Math.Sqrt((double)untiedFirst * untiedSecond);
    }

    /// <summary>Fleiss' κ: (P̄ − P̄ₑ) / (1 − P̄ₑ), P̄ the mean agreement of pairs of raters on an item, P̄ₑ the agreement by chance. At most 1; 0 is chance.</summary>
    /// <param name="counts">For each item, how many raters chose each category; every item has the same number of raters, at least two.</param>
    /// <returns>The coefficient; null when all raters chose one category throughout, so that chance explains everything.</returns>
    /// <exception cref="ArgumentException">There are no items, or the rows differ in categories or raters.</exception>
    public static double? FleissKappa(IReadOnlyList<IReadOnlyList<int>> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Count == 0) throw new ArgumentException("There are no items; expected at least one.", nameof(counts));
        var (categories, raters) = (counts[0].Count, counts[0].Sum(c => (long)c));
        if (raters < 2) throw new ArgumentException($"Item 0 has {raters} raters; expected at least two.", nameof(counts));
        for (var i = 0; i < counts.Count; i++)
        {
            if (counts[i].Count != categories) throw new ArgumentException($"Item {i} has {counts[i].Count} categories; expected {categories}, as item 0.", nameof(counts));
            if (counts[i].Any(c => c < 0)) throw new ArgumentException($"Item {i} has a negative count.", nameof(counts));
            if (counts[i].Sum(c => (long)c) != raters) throw new ArgumentException($"Item {i} has {counts[i].Sum(c => (long)c)} raters; expected {raters}, as item 0.", nameof(counts));
        }
        var observed = counts.Average(row => row.Sum(c => (double)c * (c - 1)) / ((double)raters * (raters - 1)));
        var shares = Enumerable.Range(0, categories).Select(k => counts.Sum(row => (double)row[k]) / ((double)raters * counts.Count));
        var chance = shares.Sum(p => p * p);
        return chance == 1 ? null : (observed - chance) / (1 - chance);
    }

    /// <summary>The labels of a study in which every annotator of a prompt compares every two systems: prompts · systems · (systems − 1) / 2 · annotators.</summary>
    /// <param name="prompts">Number of prompts; at least 0.</param>
    /// <param name="systems">Number of systems; at least 0.</param>
    /// <param name="annotators">Annotators of each pair; at least 0.</param>
    public static IEnumerable<PairLabel> Pairs(int prompts, int systems, int annotators)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prompts);
        ArgumentOutOfRangeException.ThrowIfNegative(systems);
        ArgumentOutOfRangeException.ThrowIfNegative(annotators);
        return from prompt in Enumerable.Range(0, prompts)
               from first in Enumerable.Range(0, systems)
               from second in Enumerable.Range(first + 1, systems - first - 1)
               from annotator in Enumerable.Range(0, annotators)
               select new PairLabel(prompt, first, second, annotator);
    }

    private static void Check(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count) throw new ArgumentException($"There are {first.Count} and {second.Count} scores; expected as many on both sides.", nameof(second));
        if (first.Count < 2) throw new ArgumentException($"There are {first.Count} items; expected at least two.", nameof(first));
        if (first.Concat(second).Any(x => !double.IsFinite(x))) throw new ArgumentException("A score is not finite.", nameof(first));
    }
}
