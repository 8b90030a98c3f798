namespace KdRl.Rewards;

/// <summary>Reasoning by a checklist, which the paper found as safe as long reasoning and easier to learn (LRM safety, arXiv 2505.15404, Template CoT).</summary>
public static class SafetyTemplate
{
    /// <summary>The eight rows of the paper's checklist, by their subject.</summary>
    public static IReadOnlyList<string> DefaultRows { get; } =
        ["harassment", "hate", "illicit", "self-harm", "sexual", "violence", "misinformation", "privacy"];

    /// <summary>The share of rows that the reasoning goes through in order, in [0, 1]: each is looked for behind the one found before it.</summary>
    /// <param name="reasoning">The reasoning. Time is linear in its length for each row.</param>
    /// <param name="rows">The rows in order; null: <see cref="DefaultRows"/>. Case does not count.</param>
    /// <exception cref="ArgumentException">There are no rows, or an empty one.</exception>
    public static double Compliance(string reasoning, IReadOnlyList<string>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(reasoning);
        rows ??= DefaultRows;
        if (rows.Count == 0 || rows.Any(string.IsNullOrWhiteSpace)) throw new ArgumentException("Expected at least one row, and none of them blank.", nameof(rows));
        var (found, from) = (0, 0);
        foreach (var row in rows)
        {
            var at = reasoning.IndexOf(row, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0) continue;
            found++;
            from = at + row.Length;
        }

        return found / (double)rows.Count;
    }

    /// <summary>A reward of <see cref="Compliance"/> on the reasoning; 0 for reasoning that was never closed.</summary>
    /// <param name="rows">The rows in order; null: <see cref="DefaultRows"/>.</param>
    /// <exception cref="ArgumentException">There are no rows, or an empty one.</exception>
    public static IReward Reward(IReadOnlyList<string>? rows = null)
    {
        string[] checklist = [.. rows ?? DefaultRows];
        Compliance("", checklist);
        return Rewards.Reward.Create("safety_template", r => RewardOutcome.Scored(Compliance(ReasoningSplit.Parse(r.Response).Reasoning, checklist)));
    }
}
