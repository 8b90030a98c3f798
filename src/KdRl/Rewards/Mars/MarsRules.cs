using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Refuses options that are out of range, name what is not there, or have no effect; each with the reason.</summary>
internal static class MarsRules
{
    /// <exception cref="OptionsValidationException">Something does not fit.</exception>
    public static void ThrowIfInvalid(MarsRewards rewards, MarsOptions options)
    {
        string[] failures = [.. new MarsRanges().Validate(null, options).Failures ?? [], .. Names(rewards, options), .. Sources(rewards, options), .. Auxiliaries(options), .. Others(rewards, options)];
        if (failures.Length > 0) throw new OptionsValidationException(nameof(MarsOptions), typeof(MarsOptions), failures);
    }

    private static IEnumerable<string> Names(MarsRewards rewards, MarsOptions options)
    {
        string[] primaries = [.. rewards.Verifiers.Keys, .. rewards.Preferences.Keys];
        if (primaries.Length == 0) yield return "There is neither a verifier nor a preference; expected at least one primary reward.";
        if (primaries.Concat(rewards.Auxiliaries.Keys).Any(string.IsNullOrWhiteSpace)) yield return "A verifier, preference or auxiliary reward has an empty name.";
        foreach (var twice in primaries.Concat(rewards.Auxiliaries.Keys).Append(MarsReward.FormatPart).GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            yield return $"The name {twice.Key} is used {twice.Count()} times among verifiers, preferences, auxiliaries and the format gate; expected different names, under which parts are logged.";
        foreach (var (name, reward) in rewards.Verifiers.Concat(rewards.Preferences).Concat(rewards.Auxiliaries))
            if (reward is null) yield return $"{name} is null; expected a reward.";
            else if (reward.SelfAndInner().OfType<IGroupReward>().FirstOrDefault() is { } group)
                yield return $"{name} holds {group.Name}, which adds to the scores of whole groups, whatever their task and form; put it around the MARS reward instead.";
        foreach (var name in options.Sources.Keys.Except(primaries, StringComparer.OrdinalIgnoreCase))
            yield return $"Sources has {name}, which is neither a verifier nor a preference; known are {string.Join(", ", primaries)}.";
        if (options.DefaultSource is { } source && !primaries.Contains(source, StringComparer.OrdinalIgnoreCase))
            yield return $"DefaultSource is {source}; expected one of {string.Join(", ", primaries)}, or null.";
        var tasks = primaries.SelectMany(p => (options.Sources.GetValueOrDefault(p)?.Tasks ?? []).Append(p).Distinct(StringComparer.OrdinalIgnoreCase));
        foreach (var twice in tasks.GroupBy(t => t, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            yield return $"The task {twice.Key} is routed to {twice.Count()} sources; expected one.";
    }

    private static IEnumerable<string> Sources(MarsRewards rewards, MarsOptions options)
    {
        foreach (var (name, source) in options.Sources)
        {
            foreach (var failure in new MarsSourceRanges().Validate(null, source).Failures ?? []) yield return $"Sources.{name}: {failure}";
            if (source.Tasks.Any(string.IsNullOrWhiteSpace)) yield return $"Sources.{name}.Tasks has an empty name.";
            if (rewards.Preferences.ContainsKey(name) && (source.Lowest ?? source.Highest) is not null)
                yield return $"Sources.{name}.Lowest and Highest have no effect on a preference, whose scores are normalised; leave them out.";
            if (source.Lowest >= source.Highest || source.Lowest >= 1 && source.Highest is null || source.Highest <= 0 && source.Lowest is null)
                yield return $"Sources.{name}.Lowest is {source.Lowest ?? 0}; expected less than Highest, {source.Highest ?? 1}.";
        }
    }

    private static IEnumerable<string> Auxiliaries(MarsOptions options)
    {
        foreach (var (name, auxiliary) in options.Auxiliaries)
        {
            foreach (var failure in new MarsAuxiliaryRanges().Validate(null, auxiliary).Failures ?? []) yield return $"Auxiliaries.{name}: {failure}";
            if (auxiliary.FromPassRate is null != auxiliary.FullPassRate is null || auxiliary.FromPassRate >= auxiliary.FullPassRate)
                yield return $"Auxiliaries.{name} has FromPassRate {auxiliary.FromPassRate?.ToString() ?? "null"} and FullPassRate {auxiliary.FullPassRate?.ToString() ?? "null"}; " +
                             "expected both, the first one lower, or neither.";
        }
    }

    private static IEnumerable<string> Others(MarsRewards rewards, MarsOptions options)
    {
        var plain = new MarsOptions();
        if (rewards.Format is null && (options.Format.Penalty is not null || options.Format.Threshold != plain.Format.Threshold || !options.Format.JudgeBroken))
            yield return "Format has no effect without a format reward; give one, or leave it out.";
        if (options.Curriculum is null && options.Auxiliaries.Values.All(a => a.FromPassRate is null) && options.PassRateMemory != plain.PassRateMemory)
            yield return "PassRateMemory has no effect: there is no Curriculum, and no auxiliary term goes by the pass rate.";
        var (n, d) = (options.Normalization, plain.Normalization);
        if (rewards.Preferences.Count == 0 && (n.Clip != d.Clip || n.MinSamples != d.MinSamples || n.Decay != d.Decay))
            yield return "Normalization has no effect without a preference; leave it out.";
    }
}
