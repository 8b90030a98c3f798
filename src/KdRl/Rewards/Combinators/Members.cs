namespace KdRl.Rewards;

/// <summary>What rewards made of several have in common.</summary>
internal static class Members
{
    /// <exception cref="ArgumentException">There is no name or no member, or two members have the same name, under which both would log.</exception>
    public static void Check(string name, IReadOnlyList<IReward> members)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(members);
        foreach (var member in members) ArgumentNullException.ThrowIfNull(member, nameof(members));
        if (members.Count == 0) throw new ArgumentException($"{name} has no members; expected at least one.", nameof(members));
        if (members.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{name} has {twice.Count()} members named {twice.Key}; expected different names, under which their parts are logged.", nameof(members));
    }

    /// <summary>The outcomes of all members, asked at the same time, in their order.</summary>
    public static Task<RewardOutcome[]> AskAllAsync(IEnumerable<IReward> members, RewardRequest request, CancellationToken ct) =>
        Task.WhenAll(members.Select(m => m.AskAsync(request, ct).AsTask()));

    /// <summary>Whether there is no score although there should be one.</summary>
    public static bool IsFault(this RewardOutcome outcome) => outcome.Status is RewardStatus.TimedOut or RewardStatus.Failed;

    /// <summary>Each member's score under its name, and its parts below.</summary>
    public static Dictionary<string, double> Parts(IEnumerable<(string Name, RewardOutcome Outcome)> members)
    {
        var parts = new Dictionary<string, double>();
        foreach (var (name, outcome) in members)
        {
            if (outcome.Value is { } value) parts[name] = value;
            foreach (var part in outcome.Parts) parts[$"{name}/{part.Key}"] = part.Value;
        }

        return parts;
    }

    /// <summary>What members had to say; null when none did.</summary>
    public static string? Reason(IEnumerable<(string Name, RewardOutcome Outcome)> members)
    {
        var said = string.Join("; ", members.Where(m => !string.IsNullOrEmpty(m.Outcome.Reason)).Select(m => $"{m.Name}: {m.Outcome.Reason}"));
        return said.Length == 0 ? null : said;
    }
}
