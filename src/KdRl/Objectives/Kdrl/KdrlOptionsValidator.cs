using KdRl.Distillation;
using Microsoft.Extensions.Options;

namespace KdRl.Objectives;

/// <summary>Refuses objectives that cannot work, do not teach what they seem to, or hold an option without effect; each with the reason.</summary>
public sealed class KdrlOptionsValidator : IValidateOptions<KdrlOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KdrlOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (options.Distillation is { } distillation)
        {
            var term = new TeacherTermOptionsValidator().Validate(name, distillation.Term);
            if (term.Failed) failures.AddRange(term.Failures.Select(f => "Distillation.Term." + f));
        }
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
