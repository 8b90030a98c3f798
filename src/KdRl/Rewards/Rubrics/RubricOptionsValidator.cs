using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Refuses options that are out of range; generated from the ranges written there, and the enum.</summary>
[OptionsValidator]
internal sealed partial class RubricOptionsValidator : IValidateOptions<RubricOptions>
{
    /// <exception cref="OptionsValidationException">Options or rubrics do not fit.</exception>
    public static void ThrowIfInvalid(RubricOptions options, IReadOnlyList<RubricSpec> rubrics)
    {
        var failures = (new RubricOptionsValidator().Validate(null, options).Failures ?? []).Concat(rubrics.SelectMany(r => r.Failures())).ToList();
        if (!Enum.IsDefined(options.Direction)) failures.Add($"Direction is {options.Direction}; expected one of {string.Join(", ", Enum.GetNames<RubricDirection>())}.");
        if (rubrics.Count == 0) failures.Add("There are no rubrics; expected at least one.");
        failures.AddRange(rubrics.GroupBy(r => r.Genre, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => $"The genre '{g.Key}' has {g.Count()} rubrics; expected one (case does not distinguish them)."));
        if (failures.Count > 0) throw new OptionsValidationException(nameof(RubricOptions), typeof(RubricOptions), failures);
    }
}
