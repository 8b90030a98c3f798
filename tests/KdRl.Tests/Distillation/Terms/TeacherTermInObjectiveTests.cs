using KdRl.Distillation;
using KdRl.Objectives;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Terms;

/// <summary>The objective of a whole step and the term of its tokens say the same.</summary>
[Collection("torch")]
public class TeacherTermInObjectiveTests
{
    public static TheoryData<string, TeacherTermOptions> Forms() => new()
    {
        { "KDRL", new() },
        { "K3 loss", new() { Estimator = KlEstimator.K3, AllowForwardKlGradient = true } },
        { "K3 reweighted", new() { Estimator = KlEstimator.K3, Path = GradientPath.ReweightedLoss } },
        { "K1 reweighted", new() { Estimator = KlEstimator.K1, Path = GradientPath.ReweightedLoss } },
        { "advantage", new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage } },
        { "shaped advantage", new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, DifferenceClip = 2, DifferenceFloor = -.5, Discount = .7 } },
        { "extrapolated", new() { Extrapolation = 1.25 } },
        { "extrapolated advantage", new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, Extrapolation = .5 } },
        { "floor", new() { LogProbFloor = -2 } },
        { "no end of sequence", new() { MaskEndOfSequence = true } },
        { "no end of sequence, advantage", new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, Discount = 1, MaskEndOfSequence = true } },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Evaluate_PureDistillation_HasTheGradientOfTheTerm(string name, TeacherTermOptions options)
    {
        Assert.NotEmpty(name);
        using var scope = NewDisposeScope();
        using var random = new Generator(17);
        Tensor LogProbs() => -rand(3, 5, dtype: ScalarType.Float64, generator: random) * 4;
        var (at, teacher, start) = (LogProbs(), LogProbs(), LogProbs());
        var mask = tensor(new[,] { { true, true, true, true, false }, { true, true, false, false, false }, { true, true, true, true, true } });
        var end = tensor(new[,] { { false, false, false, true, false }, { false, true, false, false, false }, { false, false, false, false, true } });

        options.Coefficient = new CoefficientScheduleOptions { Start = .3 };
        var student = at.clone().requires_grad_();
        var result = new TeacherTerm(options).Evaluate(student, teacher, mask, start, end);
        ((result.LossPerToken ?? -result.TokenAdvantage! * student).sum() * .3 / mask.sum()).backward();

        var policy = at.clone().requires_grad_();
        var objective = new KdrlObjective(new KdrlOptions { UseRewards = false, Distillation = new DistillationOptions { Term = options } });
        objective.Evaluate(
            new TrainingBatch
            {
                Mask = mask, Group = zeros(3, ScalarType.Int64), LogProbs = policy, TeacherLogProbs = teacher,
                BaseLogProbs = options.Extrapolation == 1 ? null : start, EndOfSequence = options.MaskEndOfSequence ? end : null,
            },
            0).Loss.backward();
        Near.Equal(student.grad!, policy.grad!, 1e-12);
    }

    [Fact]
    public void Evaluate_ClipAndClamp_ReportTheShareTheyHit()
    {
        using var scope = NewDisposeScope();
        var lp = tensor(new double[,] { { -1, -1, -1, -1 } }, requires_grad: true);
        var other = tensor(new double[,] { { -9, -1.5, -1, -9 } });
        var objective = new KdrlObjective(new KdrlOptions
        {
            UseRewards = false,
            Distillation = new DistillationOptions { Term = new TeacherTermOptions { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, DifferenceClip = 2 } },
            ReferenceKl = new ReferenceKlOptions { Penalty = new KlPenaltyOptions { ValueClamp = 5 } },
        });
        var mask = tensor(new[,] { { true, true, true, false } });
        var result = objective.Evaluate(
            new TrainingBatch { Mask = mask, Group = zeros(1, ScalarType.Int64), LogProbs = lp, TeacherLogProbs = other, ReferenceLogProbs = other }, 0);
        Assert.Equal(1 / 3.0, result.Metrics["distillation/clipped_share"].item<double>(), 12);
        Assert.Equal(1 / 3.0, result.Metrics["kl_clamped_share"].item<double>(), 12);
    }

    [Theory]
    [InlineData(TeacherSupport.FullVocabulary)]
    [InlineData(TeacherSupport.TopKWithTail)]
    public void Evaluate_DivergenceHandedOver_IsTheGatedTermAndItsGradient(TeacherSupport support)
    {
        using var scope = NewDisposeScope();
        var logits = randn([2, 3, 5], ScalarType.Float64).requires_grad_();
        var teacher = randn([2, 3, 5], ScalarType.Float64);
        var ids = tensor(new long[,] { { 1, 2, 0 }, { 4, 0, 0 } });
        var mask = tensor(new[,] { { true, true, true }, { true, false, false } });
        var options = new KdrlOptions
        {
            UseRewards = false,
            Distillation = new DistillationOptions
            {
                Term = new TeacherTermOptions { Support = support, Coefficient = new() { Start = 0.5 }, Gate = DistillationGateKind.WrongResponses },
            },
        };
        Tensor LogProbs(Tensor of) => of.log_softmax(-1).gather(-1, ids.unsqueeze(-1)).squeeze(-1);
        var divergence = ReverseKl.Exact(logits, teacher);
        var poison = divergence.masked_fill(mask.logical_not(), double.NaN);
        var batch = new TrainingBatch
        {
            Mask = mask, Group = zeros(2, ScalarType.Int64), Correct = tensor(new[] { 0f, 1f }), LogProbs = LogProbs(logits), TeacherDivergence = poison, TeacherLogProbs = LogProbs(teacher),
        };

        var result = new KdrlObjective(options).Evaluate(batch, 0);

        // The right response is not distilled; the denominator counts all four tokens.
        var expected = divergence[0].sum() * 0.5 / 4;
        var (wanted, found) = (autograd.grad([expected], [logits], retain_graph: true)[0], autograd.grad([result.Loss], [logits])[0]);
        Assert.Equal(expected.item<double>(), result.Loss.item<double>(), 12);
        Assert.True((wanted - found).abs().max().item<double>() < 1e-12);
        Assert.Equal(((divergence[0].sum() + divergence[1, 0]) / 4).item<double>(), result.Metrics["distillation/divergence"].item<double>(), 12);
        Assert.NotEqual(0, result.MeanD.item<double>());
    }

    [Fact]
    public void Evaluate_DivergenceInMicroBatches_AddsUpToTheStep()
    {
        using var scope = NewDisposeScope();
        foreach (var aggregation in Enum.GetValues<LossAggregation>())
        {
            var mask = tensor(new[,] { { true, true, true }, { true, false, false }, { true, true, false } });
            var (lp, divergence, rewards) = (rand([3, 3], ScalarType.Float64).neg().requires_grad_(), rand([3, 3], ScalarType.Float64).requires_grad_(), tensor(new[] { 1.0, 0, 0 }));
            var options = KdrlOptions.KdrlExact(0.7);
            (options.Aggregation, options.AggregationConstant) = (aggregation, aggregation == LossAggregation.SequenceSumOverConstant ? 7 : null);
            (options.Distillation!.Term.Gate, options.Distillation.Term.GateDenominator) = (DistillationGateKind.WrongResponses, GateDenominator.KeptTokens);
            TrainingBatch Batch(Tensor? handedOver) => new()
            {
                Mask = mask, Group = zeros(3, ScalarType.Int64), LogProbs = lp, Rewards = rewards, Correct = rewards.to(ScalarType.Float32), TeacherDivergence = handedOver,
            };
            var objective = new KdrlObjective(options);
            var whole = autograd.grad([objective.Evaluate(Batch(divergence), 0).Loss], [lp, divergence]);

            using var prepared = objective.Prepare(Batch(null), 0);
            var loss = zeros([], ScalarType.Float64);
            foreach (var (rows, width) in new[] { (new long[] { 2, 1 }, 2), (new long[] { 0 }, 3) })
            {
                Tensor Cut(Tensor values) => values[tensor(rows)].narrow(1, 0, width);
                loss += prepared.Evaluate(tensor(rows), Cut(lp), null, new TeacherDivergence(Cut(divergence))).Loss;
            }
            var parts = autograd.grad([loss], [lp, divergence]);
            Assert.All(whole.Zip(parts), pair => Assert.True((pair.First - pair.Second).abs().max().item<double>() < 1e-12, $"{aggregation}"));
            Assert.True(whole[1].abs().sum().item<double>() > 0);
        }
    }

    [Fact]
    public void Evaluate_DivergenceMissingOrSuperfluous_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        var mask = ones(1, 2, ScalarType.Bool);
        TrainingBatch Batch(Tensor? divergence, Tensor? teacher) => new()
        {
            Mask = mask, Group = zeros(1, ScalarType.Int64), LogProbs = zeros(1, 2).requires_grad_(), TeacherDivergence = divergence, TeacherLogProbs = teacher,
        };
        var exact = new KdrlOptions { UseRewards = false, Distillation = new DistillationOptions { Term = new TeacherTermOptions { Support = TeacherSupport.FullVocabulary } } };
        void Refused(KdrlOptions options, TrainingBatch batch) =>
            Assert.Contains("TeacherDivergence", Assert.Throws<ArgumentException>(() => new KdrlObjective(options).Evaluate(batch, 0)).Message, StringComparison.Ordinal);
        Refused(exact, Batch(null, zeros(1, 2)));
        Refused(KdrlOptions.PureDistillation(), Batch(zeros(1, 2), zeros(1, 2)));
        Refused(exact, Batch(zeros(1, 3), null));
    }

    [Fact]
    public void Constructor_K1ReweightedBehindAGateOfYourOwn_IsRefused()
    {
        var term = new TeacherTermOptions { Estimator = KlEstimator.K1, Path = GradientPath.ReweightedLoss };
        var options = new KdrlOptions { Distillation = new DistillationOptions { Term = term, CustomGate = new WrongResponsesGate() } };
        Assert.Contains("score of the policy", Assert.Throws<OptionsValidationException>(() => new KdrlObjective(options)).Message, StringComparison.Ordinal);
    }
}
