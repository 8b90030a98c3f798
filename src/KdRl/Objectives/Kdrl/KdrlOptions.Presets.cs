using KdRl.Distillation;

namespace KdRl.Objectives;

public sealed partial class KdrlOptions
{
    /// <summary>KDRL: GRPO + 2e-3 · K2, differentiated (arXiv 2506.02208, Eq. 8).</summary>
    /// <param name="coefficient">The constant β.</param>
    public static KdrlOptions Kdrl(double coefficient = CoefficientScheduleOptions.DefaultConstant) =>
        With(new TeacherTermOptions { Coefficient = Constant(coefficient) });

    /// <summary>KDRL-Annealing, the paper's best: β = max(5e-3 − 5e-5 · step, 1e-3).</summary>
    public static KdrlOptions KdrlAnnealing(double start = LinearAnnealSchedule.DefaultStart, double floor = LinearAnnealSchedule.DefaultFloor, double perStep = LinearAnnealSchedule.DefaultPerStep) =>
        With(new TeacherTermOptions
        {
            Coefficient = new CoefficientScheduleOptions { Kind = CoefficientScheduleKind.LinearAnneal, Start = start, End = floor, PerStep = perStep },
        });

    /// <summary>KDRL-Masking: only wrong responses are distilled.</summary>
    /// <param name="coefficient">The constant β.</param>
    public static KdrlOptions KdrlMasking(double coefficient = CoefficientScheduleOptions.DefaultConstant) =>
        With(new TeacherTermOptions { Coefficient = Constant(coefficient), Gate = DistillationGateKind.WrongResponses });

    /// <summary>KDRL with the group mask: only prompts without a right response are distilled.</summary>
    /// <param name="coefficient">The constant β.</param>
    public static KdrlOptions KdrlGroupMask(double coefficient = CoefficientScheduleOptions.DefaultConstant) =>
        With(new TeacherTermOptions { Coefficient = Constant(coefficient), Gate = DistillationGateKind.UnsolvedGroups });

    /// <summary>KDRL in the advantage form, A + β d.</summary>
    /// <param name="coefficient">The constant β.</param>
    public static KdrlOptions KdrlAdvantage(double coefficient = CoefficientScheduleOptions.DefaultConstant) => With(InAdvantage(coefficient));

    /// <summary>KDRL with the reverse KL over the whole vocabulary in place of its estimate: the same gradient in expectation, with less noise. Needs an <see cref="IDistributionTeacher"/>.</summary>
    /// <param name="coefficient">The constant β.</param>
    public static KdrlOptions KdrlExact(double coefficient = CoefficientScheduleOptions.DefaultConstant) =>
        With(new TeacherTermOptions { Coefficient = Constant(coefficient), Support = TeacherSupport.FullVocabulary });

    /// <summary>GRPO without a teacher.</summary>
    public static KdrlOptions Grpo() => new() { Distillation = null };

    /// <summary>On-policy reverse-KL distillation without rewards (KD-RKL), K2 differentiated.</summary>
    /// <param name="coefficient">The constant β.</param>
    public static KdrlOptions PureDistillation(double coefficient = 1) =>
        new() { UseRewards = false, Distillation = new DistillationOptions { Term = new TeacherTermOptions { Coefficient = Constant(coefficient) } } };

    /// <summary>On-policy distillation without rewards over the whole vocabulary (GKD, arXiv 2306.13649). Needs an <see cref="IDistributionTeacher"/>.</summary>
    /// <param name="coefficient">The constant β of the objective.</param>
    /// <param name="divergenceBeta">1: reverse KL; 0: forward KL; between: the generalised Jensen-Shannon divergence.</param>
    public static KdrlOptions ExactDistillation(double coefficient = 1, double divergenceBeta = 1)
    {
        var options = PureDistillation(coefficient);
        (options.Distillation!.Term.Support, options.Distillation.Term.DivergenceBeta) = (TeacherSupport.FullVocabulary, divergenceBeta);
        return options;
    }

    /// <summary>Distillation for the first steps, reinforcement from then on (arXiv 2609.04108).</summary>
    /// <param name="steps">Steps that distil.</param>
    public static KdrlOptions OpdThenRl(long steps = 60)
    {
        var term = InAdvantage(1);
        term.Coefficient = new CoefficientScheduleOptions { Kind = CoefficientScheduleKind.StepSwitch, Start = 1, End = 0, Steps = steps };
        return With(term, Combination.Replace);
    }

    /// <summary>SRPO: the reward teaches right responses, the teacher wrong ones: c A + (1−c) d.</summary>
    public static KdrlOptions Srpo()
    {
        var term = InAdvantage(1);
        term.Gate = DistillationGateKind.WrongResponses;
        return With(term, Combination.Replace);
    }

    /// <summary>HDPO: A + b d where no response of the group is right.</summary>
    /// <param name="coefficient">b.</param>
    public static KdrlOptions Hdpo(double coefficient = 0.01)
    {
        var term = InAdvantage(coefficient);
        term.Gate = DistillationGateKind.UnsolvedGroups;
        return With(term);
    }

    /// <summary>G-OPD: distillation past the teacher, d = λ (T − base) − (lp − base) (arXiv 2602.12125).</summary>
    /// <param name="extrapolation">λ.</param>
    public static KdrlOptions Gopd(double extrapolation = 1.25)
    {
        var term = InAdvantage(1);
        term.Extrapolation = extrapolation;
        return new KdrlOptions { UseRewards = false, Distillation = new DistillationOptions { Term = term } };
    }

    /// <summary>RLSD: the teacher scales the size of an advantage, never its sign (arXiv 2604.03128).</summary>
    public static KdrlOptions Rlsd() => With(InAdvantage(1), Combination.Multiply);

    /// <summary>TRRD: the ratio compares with a mixture of old policy and teacher (arXiv 2602.22495).</summary>
    /// <param name="teacherShare">The teacher's exponent, 1 − a.</param>
    public static KdrlOptions Trrd(double teacherShare = 0.5) => With(InAdvantage(teacherShare), Combination.Ratio);

    private static KdrlOptions With(TeacherTermOptions term, Combination combination = Combination.Add) =>
        new() { Distillation = new DistillationOptions { Term = term, Combination = combination } };

    private static TeacherTermOptions InAdvantage(double coefficient) =>
        new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, Coefficient = Constant(coefficient) };

    private static CoefficientScheduleOptions Constant(double value) => new() { Start = value };
}
