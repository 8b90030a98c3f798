using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Refuses options that are out of range or without effect, with the reason.</summary>
public sealed class JudgeOptionsValidator : IValidateOptions<JudgeOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, JudgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = (new JudgeOptionsRanges().Validate(name, options).Failures ?? []).Concat(Failures(options)).ToList();
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    /// <exception cref="OptionsValidationException">The options, or the task's own settings, do not fit.</exception>
    internal static void ThrowIfInvalid(JudgeOptions options, IEnumerable<string> failuresOfTheTask)
    {
        var failures = (new JudgeOptionsValidator().Validate(null, options).Failures ?? []).Concat(failuresOfTheTask).ToList();
        if (failures.Count > 0) throw new OptionsValidationException(nameof(JudgeOptions), typeof(JudgeOptions), failures);
    }

    private static IEnumerable<string> Failures(JudgeOptions o)
    {
        if (!Enum.IsDefined(o.VoteRule)) yield return $"VoteRule is {o.VoteRule}; expected one of {string.Join(", ", Enum.GetNames<JudgeVoteRule>())}.";
        if (o.Quorum > o.Votes) yield return $"Quorum is {o.Quorum} with {o.Votes} votes; expected at most that.";
        if (o.Votes > 1 && o.SendSampling && o.Temperature == 0)
            yield return $"Votes is {o.Votes} with Temperature 0: the votes would be copies of one. Raise the temperature, or take one vote.";
        if (!o.SendSampling && o.Temperature is not null) yield return "Temperature is set, but SendSampling is false; leave one of them out.";
        if (o.Calls.MaxDelay < o.Calls.FirstDelay) yield return $"Calls.MaxDelay is {o.Calls.MaxDelay}; expected at least Calls.FirstDelay, {o.Calls.FirstDelay}.";
    }
}
