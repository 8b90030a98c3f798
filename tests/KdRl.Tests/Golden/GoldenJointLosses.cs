using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>verl's whole actor losses against <see cref="KdrlObjective"/>; its k2 joint loss is the oracle of ours.</summary>
internal static class GoldenJointLosses
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("verl/kdrl_joint", r => Whole(r, Teacher(r))),
        new("verl/ppo_total_loss", r => Whole(r, null)),
    ];

    private static DistillationOptions Teacher(GoldenRecord r)
    {
        var term = new TeacherTermOptions
        {
            Estimator = r.Text("loss_mode") switch { "k1" or "kl" => KlEstimator.K1, "k2" or "mse" => KlEstimator.K2, _ => KlEstimator.K3 },
            Path = r.Flag("use_policy_gradient") ? GradientPath.Advantage : GradientPath.Loss,
            Coefficient = new CoefficientScheduleOptions { Start = r.Flag("use_task_rewards", true) ? r.Number("distillation_loss_coef", 1) : 1 },
        };
        term.AllowForwardKlGradient = (term.Estimator, term.Path) == (KlEstimator.K3, GradientPath.Loss);
        return new DistillationOptions { Term = term };
    }

    private static GoldenResult Whole(GoldenRecord r, DistillationOptions? teacher)
    {
        var (aggregation, mask, actor) = (VerlAggregation.Of(r), r.Flags("response_mask"), r.Options.GetProperty("actor"));
        double Actor(string name, double otherwise) => actor.TryGetProperty(name, out var v) ? v.GetDouble() : otherwise;
        var usesKl = actor.TryGetProperty("use_kl_loss", out var kl) && kl.GetBoolean();
        var kind = usesKl && actor.TryGetProperty("kl_loss_type", out var named) ? named.GetString()! : "low_var_kl";
        var options = new KdrlOptions
        {
            UseRewards = r.Flag("use_task_rewards", true),
            Distillation = teacher,
            Aggregation = aggregation.Mode,
            AggregationConstant = aggregation.Mode == LossAggregation.SequenceSumOverConstant ? aggregation.Constant ?? mask.shape[1] : null,
            EntropyCoefficient = Actor("entropy_coeff", 0),
        };
        options.Policy = options.UseRewards
            ? new PolicyLossOptions
            {
                ClipLow = Actor("clip_ratio_low", 0.2), ClipHigh = Actor("clip_ratio_high", 0.2), DualClip = Actor("clip_ratio_c", 3), LogRatioBound = 20,
            }
            : options.Policy;
        if (usesKl) options.ReferenceKl = new ReferenceKlOptions { Coefficient = Actor("kl_loss_coef", 0.001), Penalty = Penalty(kind) };
        var objective = new KdrlObjective(options);
        using var step = objective.Prepare(
            new TrainingBatch
            {
                OldLogProbs = r.Floats("old_log_probs"),
                TeacherLogProbs = r.FloatsOrNull("teacher_logprobs"),
                ReferenceLogProbs = r.FloatsOrNull("ref_log_prob"),
                ImportanceWeights = r.FloatsOrNull("rollout_is_weights"),
                Advantages = r.Floats("advantages"),
                Mask = mask,
                Group = zeros(mask.shape[0], ScalarType.Int64),
            },
            0);
        // Row by row, so that the one convention that differs, verl's n + 1e-8, can be put on each.
        var factors = aggregation.Mode == LossAggregation.SequenceMeanOfTokenMeans ? VerlAggregation.RowFactors(mask) : ones(mask.shape[0], ScalarType.Float64);
        var total = zeros([], ScalarType.Float64);
        for (var i = 0L; i < mask.shape[0]; i++)
        {
            var row = tensor(new[] { i });
            total += factors[i] * step.Evaluate(row, r.Floats("log_probs")[row], r.FloatsOrNull("entropy")?[row]).Loss;
        }
        return GoldenResult.Of("loss", total * aggregation.Factor(mask));
    }

    /// <summary>verl's names of estimators, with its clamps.</summary>
    public static KlPenaltyOptions Penalty(string kind) => new()
    {
        Estimator = kind.TrimEnd('+') switch
        {
            "k1" or "kl" => KlPenaltyEstimator.K1,
            "abs" => KlPenaltyEstimator.Abs,
            "k2" or "mse" => KlPenaltyEstimator.K2,
            _ => KlPenaltyEstimator.K3,
        },
        ImportanceWeighted = false,
        GradientOfK2 = kind.EndsWith('+'),
        DifferenceClamp = kind.TrimEnd('+') is "k3" or "low_var_kl" ? 20 : null,
        ValueClamp = kind.TrimEnd('+') is "k3" or "low_var_kl" ? 10 : null,
    };
}
