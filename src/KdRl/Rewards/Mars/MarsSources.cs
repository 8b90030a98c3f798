using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Makes the sources of a <see cref="MarsReward"/>.</summary>
internal static class MarsSources
{
    /// <exception cref="OptionsValidationException">The format penalty lies above the lowest score of a kept form: breaking it would pay.</exception>
    public static IEnumerable<MarsSource> Of(MarsRewards rewards, MarsOptions options)
    {
        var auxiliary = rewards.Auxiliaries.Keys.Sum(name => Math.Abs((options.Auxiliaries.GetValueOrDefault(name) ?? new MarsAuxiliaryOptions()).Weight));
        foreach (var (name, reward) in rewards.Verifiers)
            yield return Make(name, reward, options.Sources.GetValueOrDefault(name)?.Lowest ?? 0, options.Sources.GetValueOrDefault(name)?.Highest ?? 1);
        var clip = options.Normalization.Clip;
        foreach (var (name, reward) in rewards.Preferences)
        {
            if (reward.SelfAndInner().Any(r => r is NormalizedReward))
                throw new ArgumentException($"The preference {name} is normalised already; expected the plain reward, which is normalised here.", nameof(rewards));
            yield return Make(name, new NormalizedReward(reward, options.Normalization, $"{options.Name}-{name}"), -clip, clip);
        }

        MarsSource Make(string name, IReward reward, double lowest, double highest)
        {
            var weight = options.Sources.GetValueOrDefault(name)?.Weight ?? 1;
            // A curriculum brings the primary score closer to 0.
            var least = (options.Curriculum is null ? weight * lowest : Math.Min(weight * lowest, options.Curriculum.Floor * weight * lowest)) - auxiliary;
            if (options.Format.Penalty > least)
                throw new OptionsValidationException(nameof(MarsOptions), typeof(MarsOptions),
                    [$"Format.Penalty is {options.Format.Penalty}, but {name} can score as low as {least} with the form kept; expected at most that, so that breaking it never pays."]);
            return new MarsSource(name, reward, weight, lowest, highest, options.Format.Penalty ?? Math.Min(-1, least));
        }
    }
}
