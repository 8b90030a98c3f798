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
            else failures.AddRange(TeacherFailures(distillation));
        }
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> TeacherFailures(DistillationOptions distillation)
    {
        var term = distillation.Term;
        if (term.Support != TeacherSupport.SampledToken)
            yield return $"Distillation.Term.Support is {term.Support}, but a batch holds the log-probs of sampled tokens alone; expected SampledToken. TeacherTerm.EvaluateDivergence takes a divergence of your own.";
        if (distillation.CustomGate is not null && (term.Estimator, term.Path) == (KlEstimator.K1, GradientPath.ReweightedLoss))
            yield return "Distillation.CustomGate with Estimator K1 and Path ReweightedLoss: each token also carries the score of the policy, which only averages to zero when every response counts. Use K3 with ReweightedLoss, or K2 with Loss.";
    }
}
