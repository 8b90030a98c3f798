using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>The auxiliary terms of a <see cref="MarsReward"/>: those given, and those that the options name.</summary>
internal static class MarsTerms
{
    private const string Repetition = "repetition", Length = "length", Language = "language";

    /// <summary>Rewards with the terms that the options name beside the given ones.</summary>
    /// <exception cref="OptionsValidationException">A term has options of several kinds, options without effect, or lacks the ones it needs.</exception>
    public static MarsRewards Complete(MarsRewards rewards, MarsOptions options)
    {
        List<string> failures = [];
        var complete = new MarsRewards { Format = rewards.Format };
        foreach (var (name, reward) in rewards.Verifiers) complete.Verifiers.Add(name, reward);
        foreach (var (name, reward) in rewards.Preferences) complete.Preferences.Add(name, reward);
        foreach (var (name, reward) in rewards.Auxiliaries) complete.Auxiliaries.Add(name, reward);
        foreach (var (name, term) in options.Auxiliaries)
        {
            if (Failure(name, term, rewards.Auxiliaries.Keys) is { } failure) failures.Add(failure);
            else if (!rewards.Auxiliaries.ContainsKey(name) && Make(name, term, failures) is { } made) complete.Auxiliaries.Add(name, made);
        }

        if (failures.Count > 0) throw new OptionsValidationException(nameof(MarsOptions), typeof(MarsOptions), failures);
        return complete;
    }

    /// <summary>What is wrong with a term; null when nothing is.</summary>
    private static string? Failure(string name, MarsAuxiliaryOptions term, ICollection<string> given)
    {
        string[] kinds = [.. Kinds(term)];
        var isGiven = given.Contains(name, StringComparer.OrdinalIgnoreCase);
        if (isGiven && kinds.Length > 0)
            return $"Auxiliaries.{name}.{kinds[0]} has no effect: a reward of this name is given. Leave out the one or the other.";
        if (kinds.Length > 1) return $"Auxiliaries.{name} has {string.Join(" and ", kinds)}; expected one, the kind of the term.";
        if (isGiven || kinds.Length > 0) return null;
        return name.ToLowerInvariant() switch
        {
            Repetition or Language => null,
            Length => $"Auxiliaries.{name} names no reward that is given, and has no SoftOverlong; expected its MaxLength at least.",
            _ => $"Auxiliaries.{name} names no reward that is given{(given.Count == 0 ? "" : $" (those are {string.Join(", ", given)})")}, and does not say what it is; " +
                 $"expected one of {nameof(MarsAuxiliaryOptions.Repetition)}, {nameof(MarsAuxiliaryOptions.SoftOverlong)} and {nameof(MarsAuxiliaryOptions.Language)} in it, or a reward of this name.",
        };
    }

    private static IEnumerable<string> Kinds(MarsAuxiliaryOptions term)
    {
        if (term.Repetition is not null) yield return nameof(term.Repetition);
        if (term.SoftOverlong is not null) yield return nameof(term.SoftOverlong);
        if (term.Language is not null) yield return nameof(term.Language);
    }

    /// <summary>The term that options describe or a known name stands for; null for a name that says nothing.</summary>
    private static IReward? Make(string name, MarsAuxiliaryOptions term, List<string> failures)
    {
        try
        {
            if (term.Repetition is { } repetition) return new RepetitionReward(repetition);
            if (term.SoftOverlong is { } overlong) return new SoftOverlongReward(overlong);
            if (term.Language is { } language) return new LanguageConsistencyReward(language);
        }
        catch (OptionsValidationException error)
        {
            failures.AddRange(error.Failures.Select(failure => $"Auxiliaries.{name}: {failure}"));
            return null;
        }

        return name.ToLowerInvariant() switch { Repetition => new RepetitionReward(), Language => new LanguageConsistencyReward(), _ => null };
    }
}
