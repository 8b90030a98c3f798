using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Refuses options of rule rewards where they are taken.</summary>
internal static class RuleOptions
{
    /// <param name="ranges">The generated range checks.</param>
    /// <param name="options">What to check.</param>
    /// <param name="rules">What the ranges cannot say: messages of the rules that do not hold.</param>
    /// <exception cref="OptionsValidationException">Something does not fit.</exception>
    public static void ThrowIfInvalid<T>(IValidateOptions<T> ranges, T options, params IEnumerable<string> rules)
        where T : class
    {
        var found = ranges.Validate(null, options);
        string[] failures = found.Failed ? [.. found.Failures] : [.. rules];
        if (failures.Length > 0) throw new OptionsValidationException(typeof(T).Name, typeof(T), failures);
    }
}
