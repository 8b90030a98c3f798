using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KdRl.Distillation;

/// <summary>How the teacher enters the objective. The defaults are KDRL's: k2 differentiated, every response, coefficient 2e-3 (arXiv 2506.02208).</summary>
/// <remarks>Checked by <see cref="TeacherTermOptionsValidator"/>: combinations that do not teach, or that leave an option without effect, are refused.</remarks>
public sealed class TeacherTermOptions
{
    /// <summary>How the reverse KL is valued at a sampled token.</summary>
    /// <value>The default value is <see cref="KlEstimator.K2"/>.</value>
    public KlEstimator Estimator { get; set; } = KlEstimator.K2;

    /// <summary>How the value enters the update.</summary>
    /// <value>The default value is <see cref="GradientPath.Loss"/>.</value>
    /// <remarks>The reverse-KL gradient: (K2, Loss), (K1, Advantage), (K3, ReweightedLoss) and (K1, ReweightedLoss). The forward-KL gradient: (K3, Loss).</remarks>
    public GradientPath Path { get; set; } = GradientPath.Loss;

    /// <summary>Accepts (K3, Loss), which trains the forward KL although its value is the reverse KL.</summary>
    /// <value>The default value is false.</value>
    public bool AllowForwardKlGradient { get; set; }

    /// <summary>Over which tokens teacher and student are compared.</summary>
    /// <value>The default value is <see cref="TeacherSupport.SampledToken"/>.</value>
    public TeacherSupport Support { get; set; } = TeacherSupport.SampledToken;

    /// <summary>
    /// Which divergence the whole vocabularies are compared by: 1 the reverse KL, 0 the forward KL, between them the generalised
    /// Jensen-Shannon divergence (<see cref="GeneralisedJsd"/>). Full vocabulary only, where the trainer computes it.
    /// </summary>
    /// <value>The default value is 1.</value>
    [Range(0.0, 1.0)]
    public double DivergenceBeta { get; set; } = 1;

    /// <summary>Which responses are distilled.</summary>
    /// <value>The default value is <see cref="DistillationGateKind.None"/>: all.</value>
    public DistillationGateKind Gate { get; set; } = DistillationGateKind.None;

    /// <summary>Nats by which the summed log-probs of teacher and student must differ for the trajectory-agreement gate.</summary>
    /// <value>The default value is 0.</value>
    [Range(0, double.MaxValue)]
    public double AgreementMargin { get; set; }

    /// <summary>By how many tokens a gated term is divided.</summary>
    /// <value>The default value is <see cref="GateDenominator.AllTokens"/>.</value>
    public GateDenominator GateDenominator { get; set; } = GateDenominator.AllTokens;

    /// <summary>Weight of the term, β, by step.</summary>
    /// <value>The default value is a constant 2e-3.</value>
    [Required]
    public CoefficientScheduleOptions Coefficient { get; set; } = new();

    /// <summary>Leaves end-of-sequence tokens out of the teacher term alone: for a teacher that ends its answers with another token.</summary>
    /// <value>The default value is false.</value>
    public bool MaskEndOfSequence { get; set; }

    /// <summary>Smallest log-prob a teacher may give, in nats; lower ones, −∞ included, are raised to it and counted.</summary>
    /// <value>The default value is null: a teacher that excludes a sampled token is an error.</value>
    [Range(-double.MaxValue, 0)]
    public double? LogProbFloor { get; set; }

    /// <summary>Bound of |d|, in nats, d = teacher − student: larger differences are cut and counted. Advantage path only.</summary>
    /// <value>The default value is null: unbounded.</value>
    [Range(double.Epsilon, double.MaxValue)]
    public double? DifferenceClip { get; set; }

    /// <summary>Smallest d, in nats; REOPOLD (arXiv 2603.11137) takes log(λ/(1 − λ)), <see cref="TeacherReward.ReopoldFloor"/>. Advantage path only.</summary>
    /// <value>The default value is null: unbounded.</value>
    [Range(-double.MaxValue, 0)]
    public double? DifferenceFloor { get; set; }

    /// <summary>Discount γ of later differences: the advantage of a token is Σₖ γᵏ d over the tokens from it on. Advantage path only.</summary>
    /// <value>The default value is 0: each token answers for itself.</value>
    [Range(0.0, 1.0)]
    public double Discount { get; set; }

    /// <summary>
    /// Reward extrapolation λ (G-OPD, arXiv 2602.12125): the target log-prob becomes base + λ (teacher − base). 1 is the teacher,
    /// above 1 goes past it (1.25 in the paper), below 1 stops short. Other than 1 it needs log-probs of a base model.
    /// </summary>
    /// <value>The default value is 1.</value>
    [Range(double.Epsilon, double.MaxValue)]
    public double Extrapolation { get; set; } = 1;

    /// <summary>Whether log-probs of a base model are needed.</summary>
    internal bool NeedsBase => Extrapolation != 1;

    /// <summary>A copy that later changes of this object do not reach.</summary>
    internal TeacherTermOptions Copy() => (TeacherTermOptions)MemberwiseClone();

    /// <summary>Checks the options as their consumers do at construction.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range, without effect, or part of a combination that does not teach.</exception>
    internal void ThrowIfInvalid()
    {
        var result = new TeacherTermOptionsValidator().Validate(null, this);
        if (result.Failed) throw new OptionsValidationException(nameof(TeacherTermOptions), typeof(TeacherTermOptions), result.Failures);
    }
}
