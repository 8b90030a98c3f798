using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>verl's whole actor losses against <see cref="KdrlObjective"/>; its k2 joint loss is the oracle of ours.</summary>
internal static class GoldenJointLosses
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("verl/kdrl_joint", r => GoldenResult.Of("loss", Joint(r))),
        new("verl/ppo_total_loss", r => GoldenResult.Of("loss", Evaluate(r, Actor(r)))),
    ];

    /// <summary>verl's policy gradient of the teacher is a clipped loss of its own: the sum of an objective without teacher and one without rewards.</summary>
    private static Tensor Joint(GoldenRecord r)
    {
        if (!r.Flag("use_task_rewards", true)) return Evaluate(r, TeacherAlone(r, 1));
        if (r.Flag("use_policy_gradient")) return Evaluate(r, Actor(r)) + Evaluate(r, TeacherAlone(r, r.Number("distillation_loss_coef", 1)));
        var options = Actor(r);
        options.Distillation = Teacher(r, r.Number("distillation_loss_coef", 1));
        return Evaluate(r, options);
    }

    private static DistillationOptions Teacher(GoldenRecord r, double coefficient)
    {
        var term = new TeacherTermOptions
        {
            Estimator = r.Text("loss_mode") switch { "k1" or "kl" => KlEstimator.K1, "k2" or "mse" => KlEstimator.K2, _ => KlEstimator.K3 },
            Path = r.Flag("use_policy_gradient") ? GradientPath.Advantage : GradientPath.Loss,
            Coefficient = new CoefficientScheduleOptions { Start = coefficient },
            DifferenceClip = r.NumberOrNull("loss_max_clamp"),
        };
        term.AllowForwardKlGradient = (term.Estimator, term.Path) == (KlEstimator.K3, GradientPath.Loss);
        return new DistillationOptions { Term = term };
    }

    private static KdrlOptions TeacherAlone(GoldenRecord r, double coefficient)
    {
        var options = Aggregated(r);
        (options.UseRewards, options.Distillation) = (false, Teacher(r, coefficient));
        // verl's clip of the teacher's own policy loss is fixed.
        if (r.Flag("use_policy_gradient")) options.Policy = new PolicyLossOptions { DualClip = 3, LogRatioBound = 20 };
        return options;
    }

    private static KdrlOptions Actor(GoldenRecord r)
    {
        var actor = r.Options.GetProperty("actor");
        double Number(string name, double otherwise) => actor.TryGetProperty(name, out var v) ? v.GetDouble() : otherwise;
        var options = Aggregated(r);
        options.Distillation = null;
        options.EntropyCoefficient = Number("entropy_coeff", 0);
        options.Policy = new PolicyLossOptions
        {
            ClipLow = Number("clip_ratio_low", 0.2), ClipHigh = Number("clip_ratio_high", 0.2), DualClip = Number("clip_ratio_c", 3), LogRatioBound = 20,
        };
        if (!actor.TryGetProperty("use_kl_loss", out var used) || !used.GetBoolean()) return options;
        var kind = actor.TryGetProperty("kl_loss_type", out var named) ? named.GetString()! : "low_var_kl";
        options.ReferenceKl = new ReferenceKlOptions { Coefficient = Number("kl_loss_coef", 0.001), Penalty = Penalty(kind) };
        return options;
    }

    private static KdrlOptions Aggregated(GoldenRecord r)
    {
        var aggregation = VerlAggregation.Of(r);
        var usesConstant = aggregation.Mode == LossAggregation.SequenceSumOverConstant;
        return new KdrlOptions
        {
            Aggregation = aggregation.Mode,
            AggregationConstant = usesConstant ? aggregation.Constant ?? r.Flags("response_mask").shape[1] : null,
        };
    }

    private static Tensor Evaluate(GoldenRecord r, KdrlOptions options)
    {
        var (aggregation, mask) = (VerlAggregation.Of(r), r.Flags("response_mask"));
        using var step = new KdrlObjective(options).Prepare(
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
        return total * aggregation.Factor(mask);
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
