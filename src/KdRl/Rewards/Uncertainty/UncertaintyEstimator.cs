using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Estimates how sure a policy is of an answer from several answers to the same question (UAlign, arXiv 2412.11803, section 3).</summary>
public sealed class UncertaintyEstimator
{
    private readonly Func<string, string, bool> equivalent;
    private readonly UncertaintyOptions options;

    /// <summary>Makes an estimator.</summary>
    /// <param name="equivalent">Whether two answers say the same; null: <see cref="AnswerEquivalence.Normalised"/>. It is closed transitively.</param>
    /// <param name="options">Logarithm and clusters; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">The base is not more than 1, or an equivalence is given where none is asked for.</exception>
    public UncertaintyEstimator(Func<string, string, bool>? equivalent = null, UncertaintyOptions? options = null)
    {
        this.options = options ?? new UncertaintyOptions();
        string[] rules = equivalent is not null && this.options.CorrectAsOneCluster ? ["CorrectAsOneCluster compares no answers; leave the equivalence out."] : [];
        RuleOptions.ThrowIfInvalid(new UncertaintyOptionsRanges(), this.options, rules);
        this.equivalent = equivalent ?? AnswerEquivalence.Normalised;
    }

    /// <summary>−Σ p_j log p_j over clusters, p_j the share of answers in cluster j.</summary>
    /// <param name="sizes">Answers in each cluster; positive.</param>
    /// <param name="logBase">The base of the logarithm; more than 1.</param>
    /// <returns>From 0 (one cluster) to the logarithm of the number of clusters.</returns>
    /// <exception cref="ArgumentException">There is no cluster, or an empty one.</exception>
    public static double Entropy(IReadOnlyList<int> sizes, double logBase = Math.E)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        if (sizes.Count == 0 || sizes.Any(s => s < 1)) throw new ArgumentException($"Cluster sizes are [{string.Join(", ", sizes)}]; expected at least one, all positive.", nameof(sizes));
        if (!double.IsFinite(logBase) || logBase <= 1) throw new ArgumentOutOfRangeException(nameof(logBase), logBase, "Expected more than 1.");
        double total = sizes.Sum(s => (long)s);
        return Math.Max(0, -sizes.Sum(s => s / total * Math.Log(s / total)) / Math.Log(logBase));
    }

    /// <summary>c = right answers / K and e = the entropy of the clusters of equivalent answers.</summary>
    /// <param name="answers">K answers to one question, without their reasoning. A blank one is never right and is a cluster of its own.</param>
    /// <param name="correct">The verifier's verdict on each.</param>
    /// <exception cref="ArgumentException">There are no answers, or the two lists differ in length.</exception>
    public UncertaintyEstimate Estimate(IReadOnlyList<string> answers, IReadOnlyList<bool> correct)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(correct);
        if (answers.Count == 0) throw new ArgumentException("There are no answers; expected at least one.", nameof(answers));
        if (answers.Count != correct.Count) throw new ArgumentException($"There are {answers.Count} answers and {correct.Count} verdicts; expected one verdict an answer.", nameof(correct));
        bool[] right = [.. correct.Select((c, i) => c && !string.IsNullOrWhiteSpace(answers[i]))];
        var failures = 0;
        var clusters = Clusters(answers, right, ref failures);
        return new UncertaintyEstimate(
            right.Count(r => r) / (double)right.Length, Entropy([.. clusters.CountBy(c => c).Select(g => g.Value)], options.LogBase), clusters, failures);
    }

    /// <summary>Estimates from the scored responses of a prompt, those without a verdict aside.</summary>
    /// <param name="group">The responses; their answers stand after the reasoning.</param>
    /// <exception cref="ArgumentException">No response has a verdict.</exception>
    public UncertaintyEstimate Estimate(ScoredGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var judged = group.Rollouts.Where(r => r.Outcome.Correct is not null).ToArray();
        if (judged.Length == 0) throw new ArgumentException($"No response to prompt '{group.Prompt.Id}' has a verdict; expected at least one.", nameof(group));
        return Estimate([.. judged.Select(r => ReasoningSplit.Parse(r.Rollout.Text).Answer)], [.. judged.Select(r => r.Outcome.Correct!.Value)]);
    }

    /// <summary>Union-find over all pairs of answers; the root of a cluster is its first answer.</summary>
    private int[] Clusters(IReadOnlyList<string> answers, bool[] right, ref int failures)
    {
        int[] root = [.. Enumerable.Range(0, answers.Count)];
        for (var i = 1; i < answers.Count; i++)
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (Find(root, i), Find(root, j));
                if (a != b && BelongTogether(answers, right, i, j, ref failures)) root[Math.Max(a, b)] = Math.Min(a, b);
            }

        var numbers = new Dictionary<int, int>();
        return [.. Enumerable.Range(0, answers.Count).Select(i => numbers.TryAdd(Find(root, i), numbers.Count) ? numbers.Count - 1 : numbers[Find(root, i)])];
    }

    private bool BelongTogether(IReadOnlyList<string> answers, bool[] right, int i, int j, ref int failures)
    {
        if (string.IsNullOrWhiteSpace(answers[i]) || string.IsNullOrWhiteSpace(answers[j])) return false;
        if (options.CorrectAsOneCluster) return right[i] == right[j] && (right[i] || answers[i] == answers[j]);
        try
        {
            return equivalent(answers[i], answers[j]);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The function is the user's, perhaps a model behind a network: one failure must not lose the other answers, but it is counted.
            failures++;
            return false;
        }
    }

    private static int Find(int[] root, int i)
    {
        while (root[i] != i) i = root[i];
        return i;
    }
}
