namespace KdRl.Rewards;

/// <summary>How many answers of a task are right, from verdicts alone, fading.</summary>
/// <param name="memory">m in p ← m·p + (1 − m)·(share of the step).</param>
internal sealed class MarsPassRates(double memory)
{
    private Dictionary<string, double> rates = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All that is known, to be saved.</summary>
    public IReadOnlyDictionary<string, double> Known => rates;

    /// <summary>The pass rate of a task in [0,1]; null while there was no verdict.</summary>
    public double? Of(string? task) => rates.TryGetValue(task ?? "", out var rate) ? rate : null;

    /// <summary>Learns from a step.</summary>
    public void Observe(IReadOnlyList<ScoredGroup> groups)
    {
        // A new table, so that a score under way sees either all of the step or nothing.
        var next = new Dictionary<string, double>(rates, StringComparer.OrdinalIgnoreCase);
        foreach (var task in groups.GroupBy(g => g.Prompt.Task ?? "", StringComparer.OrdinalIgnoreCase))
        {
            var verdicts = task.SelectMany(g => g.Rollouts).Select(r => r.Outcome.Correct).OfType<bool>().ToArray();
            if (verdicts.Length == 0) continue;
            var share = verdicts.Count(v => v) / (double)verdicts.Length;
            next[task.Key] = next.TryGetValue(task.Key, out var old) ? memory * old + (1 - memory) * share : share;
        }

        rates = next;
    }

    /// <exception cref="InvalidDataException">A rate lies outside of [0,1].</exception>
    public void Restore(IReadOnlyDictionary<string, double> saved)
    {
        foreach (var (task, rate) in saved)
            if (rate is not (>= 0 and <= 1)) throw new InvalidDataException($"The pass rate of the task '{task}' is {rate}; expected 0 to 1.");
        rates = new Dictionary<string, double>(saved, StringComparer.OrdinalIgnoreCase);
    }
}
