using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

[Collection("torch")]
public class KdrlObjectivePropertyTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, 1_000_000).ToArbitrary();

    private static bool Same((double Loss, Tensor Gradient) a, (double Loss, Tensor Gradient) b) =>
        Math.Abs(a.Loss - b.Loss) <= 1e-10 * (1 + Math.Abs(a.Loss)) && a.Gradient.allclose(b.Gradient, 1e-9, 1e-12);

    private static Property ForEveryVariant(Func<KdrlOptions, int, bool> holds) => Prop.ForAll(Seeds, seed =>
    {
        using var scope = NewDisposeScope();
        var failing = ObjectiveVariants.All().Where(v => !holds(v.Options, seed)).Select(v => v.Name).ToArray();
        return (failing.Length == 0).Label(string.Join(", ", failing));
    });

    [Property(MaxTest = 12)]
    public Property Evaluate_AnySplitIntoMicroBatches_GivesLossAndGradientOfTheWhole() => ForEveryVariant((options, seed) =>
    {
        var batch = StepFactory.Make(seed);
        var random = new System.Random(seed);
        var rows = Enumerable.Range(0, 8).Select(i => (long)i).ToArray();
        random.Shuffle(rows);
        var cut = random.Next(1, 7);
        var split = StepFactory.Split(options, batch, [rows[..cut], rows[cut..7], rows[7..]]);
        return Same(StepFactory.Whole(options, batch), split);
    });

    [Property(MaxTest = 8)]
    public Property EvaluateTokens_AnyChunks_GiveLossGradientAndMetricsOfTheWhole() => ForEveryVariant((options, seed) =>
    {
        var batch = StepFactory.Make(seed);
        if (StepFactory.Tokens(options, batch, seed) is not { } tokens) return true;
        var whole = StepFactory.Whole(options, batch);
        var metrics = new KdrlObjective(options).Evaluate(batch, 0).ReadMetrics();
        return Same(whole, (tokens.Loss, tokens.Gradient)) && (tokens.Metrics.Count == 0 || metrics.All(m => Math.Abs(m.Value - tokens.Metrics[m.Key]) < 1e-9));
    });

    [Fact]
    public void IsSumOverTokens_LossesOfWholeResponses_AreNot()
    {
        using var scope = NewDisposeScope();
        bool IsSum(Action<KdrlOptions> change)
        {
            var options = KdrlOptions.Kdrl(.3);
            change(options);
            using var prepared = new KdrlObjective(options).Prepare(StepFactory.Make(3), 0);
            if (!prepared.IsSumOverTokens)
                Assert.Throws<InvalidOperationException>(() => { prepared.EvaluateTokens(zeros(1, ScalarType.Int64), zeros(1, ScalarType.Float64)); });
            return prepared.IsSumOverTokens;
        }
        Assert.True(IsSum(_ => { }));
        Assert.True(IsSum(o => o.Policy.Kind = PolicyLossKind.Cispo));
        Assert.False(IsSum(o => o.Policy.Kind = PolicyLossKind.Gmpo));
        Assert.False(IsSum(o => o.Policy.RatioLevel = RatioLevel.Sequence));
        Assert.False(IsSum(o =>
        {
            (o.Distillation!.Term.Estimator, o.Distillation.Term.Path) = (KlEstimator.K1, GradientPath.Advantage);
            o.Distillation.Term.Discount = 0.5;
        }));
    }

    [Property(MaxTest = 8)]
    public Property Evaluate_PermutedRows_GivesTheSame() => ForEveryVariant(IsTheSamePermuted);

    [Theory]
    [InlineData(338823)] // A reward at the mean of its group: whether its advantage is 0 must not depend on the order of the sum.
    public void Evaluate_PermutedRowsOnceWrong_GivesTheSame(int seed)
    {
        using var scope = NewDisposeScope();
        Assert.All(ObjectiveVariants.All(), v => Assert.True(IsTheSamePermuted(v.Options, seed), v.Name));
    }

    private static bool IsTheSamePermuted(KdrlOptions options, int seed)
    {
        var batch = StepFactory.Make(seed);
        var order = Enumerable.Range(0, 8).Select(i => (long)i).ToArray();
        new System.Random(seed).Shuffle(order);
        var index = tensor(order);
        var (loss, gradient) = StepFactory.Whole(options, batch);
        return Same((loss, gradient.index_select(1, index)), StepFactory.Whole(options, Map(batch, t => t.index_select(0, index))));
    }

    [Property(MaxTest = 8)]
    public Property Evaluate_MorePadding_GivesTheSame() => ForEveryVariant((options, seed) =>
    {
        var batch = StepFactory.Make(seed);
        var (loss, gradient) = StepFactory.Whole(options, batch);
        var (padded, longer) = StepFactory.Whole(options, Map(batch, t => t.dim() == 1 ? t : cat([t, zeros([8, 2], t.dtype)], 1)));
        return Same((loss, gradient), (padded, longer.narrow(2, 0, 6)));
    });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Evaluate_PoisonedPadding_GivesTheSame(double poison)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, options) in ObjectiveVariants.All())
            for (var seed = 0; seed < 4; seed++)
                Assert.True(Same(StepFactory.Whole(options, StepFactory.Make(seed)), StepFactory.Whole(options, StepFactory.Make(seed, padding: poison))), $"{name}, seed {seed}");
    }

    [Fact]
    public void Evaluate_NothingValid_IsZeroWithZeroGradient()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, options) in ObjectiveVariants.All())
        {
            var batch = StepFactory.Make(3, padding: double.NaN);
            var masked = Map(batch, t => t.dtype == ScalarType.Bool ? zeros_like(t) : t.dim() == 2 ? full_like(t, double.NaN) : t);
            var (loss, gradient) = StepFactory.Whole(options, masked);
            Assert.True(loss == 0 && gradient.abs().sum().item<double>() == 0, $"{name}: {loss}");
        }
    }

    [Fact]
    public void Evaluate_BatchOfOne_HasNoPolicyGradientButATeacher()
    {
        using var scope = NewDisposeScope();
        var batch = StepFactory.Make(5, rows: 1, offPolicy: false, keepMask: true);
        Assert.Equal(0, StepFactory.Whole(KdrlOptions.Grpo(), batch).Gradient.abs().sum().item<double>());
        Assert.True(StepFactory.Whole(KdrlOptions.Kdrl(), batch).Gradient.abs().sum().item<double>() > 0);
    }

    [Fact]
    public void Evaluate_EveryVariant_MatchesFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        // Cispo and SequenceToken stop gradients on purpose; so do all terms in which the current log-prob is a detached reward or weight.
        var exact = ObjectiveVariants.All().Where(v => v.Options.Distillation?.Term.Path != GradientPath.Advantage
            && v.Options.Policy.Kind != PolicyLossKind.Cispo && v.Options.Policy.RatioLevel != RatioLevel.SequenceToken && v.Options.ReferenceKl is null);
        foreach (var (name, options) in exact)
        {
            var batch = StepFactory.Make(11, keepMask: true);
            var gradient = StepFactory.Whole(options, batch).Gradient[0];
            foreach (var (i, t) in new[] { (0, 0), (1, 0), (3, 0), (5, 0), (7, 0) })
            {
                var step = zeros_like(batch.LogProbs!);
                step[i, t] = 1e-6;
                double At(Tensor logProbs) => new KdrlObjective(options).Evaluate(Map(batch, x => ReferenceEquals(x, batch.LogProbs) ? logProbs : x), 0).Loss.item<double>();
                var numeric = (At(batch.LogProbs!.detach() + step) - At(batch.LogProbs!.detach() - step)) / 2e-6;
                Assert.True(Math.Abs(numeric - gradient[i, t].item<double>()) < 1e-6, $"{name} [{i},{t}]: {numeric} and {gradient[i, t].item<double>()}");
            }
        }
    }

    [Property(MaxTest = 20)]
    public Property Evaluate_FirstUpdate_JointLossAndAdvantageFormShareTheGradient() => Prop.ForAll(Seeds, seed =>
    {
        using var scope = NewDisposeScope();
        var batch = StepFactory.Make(seed, offPolicy: false);
        return StepFactory.Whole(KdrlOptions.Kdrl(.3), batch).Gradient.allclose(StepFactory.Whole(KdrlOptions.KdrlAdvantage(.3), batch).Gradient, 1e-9, 1e-12);
    });

    [Fact]
    public void Evaluate_SecondUpdate_JointLossAndAdvantageFormDiffer()
    {
        using var scope = NewDisposeScope();
        var batch = StepFactory.Make(2, offPolicy: true, keepMask: true);
        Assert.False(StepFactory.Whole(KdrlOptions.Kdrl(.3), batch).Gradient.allclose(StepFactory.Whole(KdrlOptions.KdrlAdvantage(.3), batch).Gradient, 1e-3, 1e-3));
    }

    [Property(MaxTest = 20)]
    public Property Evaluate_CoefficientZero_IsGrpo() => Prop.ForAll(Seeds, seed =>
    {
        using var scope = NewDisposeScope();
        var batch = StepFactory.Make(seed);
        return Same(StepFactory.Whole(KdrlOptions.Kdrl(0), batch), StepFactory.Whole(KdrlOptions.Grpo(), batch));
    });

    private static TrainingBatch Map(TrainingBatch b, Func<Tensor, Tensor> f)
    {
        Tensor? Each(Tensor? t) => t is null ? null : f(t);
        return new TrainingBatch
        {
            Mask = f(b.Mask),
            Group = f(b.Group),
            LogProbs = f(b.LogProbs!).detach().requires_grad_(),
            OldLogProbs = Each(b.OldLogProbs),
            SamplerLogProbs = Each(b.SamplerLogProbs),
            TeacherLogProbs = Each(b.TeacherLogProbs),
            ReferenceLogProbs = Each(b.ReferenceLogProbs),
            BaseLogProbs = Each(b.BaseLogProbs),
            Entropy = f(b.Entropy!).detach().requires_grad_(),
            Rewards = Each(b.Rewards),
            Correct = Each(b.Correct),
            Truncated = Each(b.Truncated),
            EndOfSequence = Each(b.EndOfSequence),
        };
    }
}
