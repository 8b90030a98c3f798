using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Distillation;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class OutputHeadTests
{
    private const int Rows = 7, Width = 5, Vocabulary = 11;

    public static TheoryData<double, bool, long> Cases()
    {
        var data = new TheoryData<double, bool, long>();
        foreach (var temperature in (double[])[1, 0.7])
            foreach (var entropy in (bool[])[false, true])
                // One row at a time, two rows, and everything in one chunk.
                foreach (var bytes in (long[])[1, 2 * Vocabulary * 4, OutputHead.DefaultChunkBytes])
                    data.Add(temperature, entropy, bytes);
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Score_AnyChunk_EqualsFullLogitsInValueAndGradient(double temperature, bool withEntropy, long chunkBytes)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs();
        var (fullHidden, fullWeight) = (Leaf(hidden), Leaf(weight));
        var logSoftmax = (nn.functional.linear(fullHidden, fullWeight) / temperature).log_softmax(-1);
        var expected = logSoftmax.gather(1, targets.unsqueeze(1)).squeeze(1);
        var expectedEntropy = -(logSoftmax.exp() * logSoftmax).sum(-1);

        var scores = OutputHead.Score(hidden, weight, targets, temperature, withEntropy, chunkBytes);

        Close(expected, scores.LogProbs, 1e-5);
        Assert.Equal(withEntropy, scores.Entropy is not null);
        if (withEntropy) Close(expectedEntropy, scores.Entropy!, 1e-5);
        // Unequal weights on every row, so that no row can stand in for another.
        var (a, b) = (linspace(-1, 2, Rows), linspace(3, -0.5, Rows));
        var loss = (expected * a).sum();
        var own = (scores.LogProbs * a).sum();
        if (withEntropy) (loss, own) = (loss + (expectedEntropy * b).sum(), own + (scores.Entropy! * b).sum());
        loss.backward();
        own.backward();
        Close(fullHidden.grad!, hidden.grad!, 1e-5);
        Close(fullWeight.grad!, weight.grad!, 1e-5);
    }

    [Theory, InlineData(1L), InlineData(OutputHead.DefaultChunkBytes)]
    public void Score_Float64_GradientEqualsFiniteDifferences(long chunkBytes)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs(ScalarType.Float64);
        var a = linspace(-1, 2, Rows, ScalarType.Float64);
        Tensor Loss()
        {
            var scores = OutputHead.Score(hidden, weight, targets, 0.8, true, chunkBytes);
            return (scores.LogProbs * a + scores.Entropy! * 0.3).sum();
        }
        Loss().backward();
        Close(FiniteDifferences(hidden, Loss), hidden.grad!, 1e-7);
        Close(FiniteDifferences(weight, Loss), weight.grad!, 1e-7);
    }

    [Theory, InlineData(1L), InlineData(OutputHead.DefaultChunkBytes)]
    public void ReverseKl_Float64_GradientEqualsFiniteDifferencesAndTeacherGetsNone(long chunkBytes)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, _) = Inputs(ScalarType.Float64);
        var (teacherHidden, teacherWeight) = (Leaf(randn(Rows, 3, ScalarType.Float64)), Leaf(randn(Vocabulary, 3, ScalarType.Float64)));
        var a = linspace(-1, 2, Rows, ScalarType.Float64);
        Tensor Loss() => (OutputHead.ReverseKl(hidden, weight, teacherHidden, teacherWeight, 1.3, chunkBytes) * a).sum();
        Loss().backward();
        Close(FiniteDifferences(hidden, Loss), hidden.grad!, 1e-7);
        Close(FiniteDifferences(weight, Loss), weight.grad!, 1e-7);
        Assert.Null(teacherHidden.grad);
        Assert.Null(teacherWeight.grad);
    }

    [Theory, InlineData(1L), InlineData(2L * 2 * Vocabulary * 4), InlineData(OutputHead.DefaultChunkBytes)]
    public void ReverseKl_AnyChunk_EqualsFullLogits(long chunkBytes)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, _) = Inputs();
        var (teacherHidden, teacherWeight) = (randn(Rows, 3), randn(Vocabulary, 3));
        var student = (nn.functional.linear(hidden, weight) / 1.3).log_softmax(-1);
        var teacher = (nn.functional.linear(teacherHidden, teacherWeight) / 1.3).log_softmax(-1);
        Close((student.exp() * (student - teacher)).sum(-1), OutputHead.ReverseKl(hidden, weight, teacherHidden, teacherWeight, 1.3, chunkBytes), 1e-5);
        Close(zeros(Rows), OutputHead.ReverseKl(hidden, weight, hidden, weight, 1.3, chunkBytes), 1e-6);
    }

    public static TheoryData<double, bool, long> TeacherCases()
    {
        var data = new TheoryData<double, bool, long>();
        foreach (var beta in (double[])[0, 0.3, 1])
            foreach (var entropy in (bool[])[false, true])
                foreach (var bytes in (long[])[1, 2 * 2 * Vocabulary * 8, OutputHead.DefaultChunkBytes])
                    data.Add(beta, entropy, bytes);
        return data;
    }

    [Theory, MemberData(nameof(TeacherCases))]
    public void Score_WithTeacher_EqualsFullLogitsInValueAndGradient(double beta, bool withEntropy, long chunkBytes)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs(ScalarType.Float64);
        var teacher = new TeacherHead(Leaf(randn(Rows, 3, ScalarType.Float64)), Leaf(randn(Vocabulary, 3, ScalarType.Float64)), 1.4, beta);
        var (fullHidden, fullWeight) = (Leaf(hidden), Leaf(weight));
        var student = nn.functional.linear(fullHidden, fullWeight) / 0.8;
        var other = (nn.functional.linear(teacher.Hidden, teacher.Weight) / 1.4).detach();
        var expected = GeneralisedJsd.Exact(student, other, beta);
        var expectedLogProbs = student.log_softmax(-1).gather(1, targets.unsqueeze(1)).squeeze(1);

        var scores = OutputHead.Score(hidden, weight, targets, 0.8, withEntropy, chunkBytes, teacher);

        Close(expected, scores.Divergence!, 1e-10);
        Close(expectedLogProbs, scores.LogProbs, 1e-10);
        Close(other.log_softmax(-1).gather(1, targets.unsqueeze(1)).squeeze(1), scores.TeacherLogProbs!, 1e-10);
        Assert.False(scores.TeacherLogProbs!.requires_grad);
        var (a, b) = (linspace(-1, 2, Rows, ScalarType.Float64), linspace(3, -0.5, Rows, ScalarType.Float64));
        var loss = (expected * a).sum() + (expectedLogProbs * b).sum();
        var own = (scores.Divergence! * a).sum() + (scores.LogProbs * b).sum();
        if (withEntropy)
        {
            loss -= (student.softmax(-1) * student.log_softmax(-1)).sum();
            own += scores.Entropy!.sum();
        }
        loss.backward();
        own.backward();
        Close(fullHidden.grad!, hidden.grad!, 1e-10);
        Close(fullWeight.grad!, weight.grad!, 1e-10);
        Assert.Null(teacher.Hidden.grad);
        Assert.Null(teacher.Weight.grad);
    }

    [Theory, MemberData(nameof(TeacherCases))]
    public void Reduce_AnyChunk_EqualsTheSameLossOfTheScores(double beta, bool withEntropy, long chunkBytes)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs(ScalarType.Float64);
        var teacher = new TeacherHead(randn(Rows, 3, ScalarType.Float64), randn(Vocabulary, 3, ScalarType.Float64), 1.4, beta);
        var (otherHidden, otherWeight) = (Leaf(hidden), Leaf(weight));
        var a = linspace(-1, 2, Rows, ScalarType.Float64);
        // Not linear in the scores, so that a chunk's loss must be differentiated at the chunk's own values.
        Tensor Loss(Tensor weights, TokenScores s)
        {
            var loss = (s.LogProbs * s.LogProbs * weights).sum() + (s.Divergence! * weights).sum() + (s.Divergence! * s.LogProbs).sum();
            return s.Entropy is null ? loss : loss + (s.Entropy * s.Entropy * weights).sum();
        }
        var seen = new List<long>();

        var reduced = OutputHead.Reduce(hidden, weight, targets, (start, s) =>
        {
            seen.Add(start);
            return Loss(a.narrow(0, start, s.LogProbs.shape[0]), s);
        }, 0.8, withEntropy, chunkBytes, teacher);
        (reduced * 3).backward();
        var expected = Loss(a, OutputHead.Score(otherHidden, otherWeight, targets, 0.8, withEntropy, teacher: teacher));
        (expected * 3).backward();

        Close(expected, reduced, 1e-10);
        Close(otherHidden.grad!, hidden.grad!, 1e-10);
        Close(otherWeight.grad!, weight.grad!, 1e-10);
        Assert.Equal(seen.Distinct().Order(), seen);
    }

    [Fact]
    public void Reduce_LossWithoutGradientOrNoRows_LeavesZeroGradients()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs();
        OutputHead.Reduce(hidden, weight, targets, (_, s) => s.LogProbs.detach().sum()).backward();
        Assert.Equal(0, hidden.grad!.abs().sum().item<float>() + weight.grad!.abs().sum().item<float>());
        var none = OutputHead.Reduce(hidden.narrow(0, 0, 0), weight, zeros(0, ScalarType.Int64), (_, _) => throw new InvalidOperationException("no tokens"));
        Assert.Equal(0, none.item<float>());
    }

    [Property(MaxTest = 40)]
    public FsCheck.Property Score_RandomShapes_DoNotDependOnTheChunk() => Prop.ForAll(
        ArbMap.Default.ArbFor<FsCheck.PositiveInt>(), ArbMap.Default.ArbFor<FsCheck.PositiveInt>(), (rows, bytes) =>
        {
            using var scope = NewDisposeScope();
            manual_seed(rows.Get);
            var (n, v) = (rows.Get % 9, 1 + bytes.Get % 6);
            var (hidden, weight) = (Leaf(randn(n, 4)), Leaf(randn(v, 4)));
            var targets = randint(0, v, [n], ScalarType.Int64);
            var whole = OutputHead.Score(hidden, weight, targets, 1, true);
            var parts = OutputHead.Score(hidden, weight, targets, 1, true, bytes.Get);
            return (whole.LogProbs - parts.LogProbs).abs().sum().item<float>() < 1e-4
                && (whole.Entropy! - parts.Entropy!).abs().sum().item<float>() < 1e-4;
        });

    [Theory, InlineData(false), InlineData(true)]
    public void Score_NoRows_GivesEmptyResultAndZeroGradient(bool withEntropy)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight) = (Leaf(zeros(0, Width)), Leaf(randn(Vocabulary, Width)));
        var scores = OutputHead.Score(hidden, weight, zeros(0, ScalarType.Int64), withEntropy: withEntropy);
        Assert.Equal([0], scores.LogProbs.shape);
        (withEntropy ? scores.LogProbs.sum() + scores.Entropy!.sum() : scores.LogProbs.sum()).backward();
        Assert.Equal(0, weight.grad!.abs().sum().item<float>());
        Assert.Equal([0, Width], hidden.grad!.shape);
    }

    [Fact]
    public void Score_BFloat16_KeepsFloat32SoftmaxAndSumsTheWeightGradientInFloat32()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        // 512 equal rows: a bfloat16 running sum of the weight gradient would stop growing at 256 of its steps.
        var hidden = Leaf(ones(512, Width).to(ScalarType.BFloat16));
        var weight = Leaf(randn(Vocabulary, Width).to(ScalarType.BFloat16));
        var targets = zeros(512, ScalarType.Int64);
        var scores = OutputHead.Score(hidden, weight, targets, chunkBytes: 1);
        Assert.Equal(ScalarType.Float32, scores.LogProbs.dtype);
        scores.LogProbs.sum().backward();
        var logits = nn.functional.linear(hidden, weight).to(ScalarType.Float32).detach();
        Close(logits.log_softmax(-1).select(1, 0), scores.LogProbs, 1e-5);
        Assert.Equal(ScalarType.BFloat16, weight.grad!.dtype);
        var slope = zeros(Vocabulary);
        slope[0] = 1;
        var expected = (slope - logits[0].softmax(-1)).unsqueeze(1) * ones(1, Width) * 512;
        var error = ((weight.grad.to(ScalarType.Float32) - expected).abs() / expected.abs()).max().item<float>();
        Assert.True(error < 0.02, $"relative error {error}");
    }

    [Fact]
    public void Score_FrozenHead_GivesGradientToTheHiddenStatesOnly()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs();
        OutputHead.Score(hidden, weight.detach(), targets).LogProbs.sum().backward();
        Assert.NotNull(hidden.grad);
        Assert.Null(weight.grad);
    }

    [Fact]
    public void Score_NoGrad_RecordsNothing()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs();
        using var off = no_grad();
        Assert.False(OutputHead.Score(hidden, weight, targets).LogProbs.requires_grad);
    }

    [Fact]
    public void Score_BadArguments_NameWhatIsWrong()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets) = Inputs();
        void Refused(string name, string found, Func<TokenScores> call)
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => { call(); });
            Assert.Equal(name, error.ParamName);
            Assert.Contains(found, error.Message);
        }
        Refused("hidden", "[7]", () => OutputHead.Score(hidden.select(1, 0), weight, targets));
        Refused("hidden", "Int64", () => OutputHead.Score(hidden.to(ScalarType.Int64), weight, targets));
        Refused("weight", "[11,4]", () => OutputHead.Score(hidden, weight.narrow(1, 0, 4), targets));
        Refused("weight", "BFloat16", () => OutputHead.Score(hidden, weight.to(ScalarType.BFloat16), targets));
        Refused("weight", "meta", () => OutputHead.Score(hidden, weight.to("meta"), targets));
        Refused("targets", "[6]", () => OutputHead.Score(hidden, weight, targets.narrow(0, 0, 6)));
        Refused("targets", "Int32", () => OutputHead.Score(hidden, weight, targets.to(ScalarType.Int32)));
        Refused("targets", "11]", () => OutputHead.Score(hidden, weight, full_like(targets, 11)));
        Refused("temperature", "0", () => OutputHead.Score(hidden, weight, targets, 0));
        Refused("temperature", "NaN", () => OutputHead.Score(hidden, weight, targets, double.NaN));
        Refused("chunkBytes", "0", () => OutputHead.Score(hidden, weight, targets, chunkBytes: 0));
        Refused("teacher", "1.5", () => OutputHead.Score(hidden, weight, targets, teacher: new TeacherHead(hidden, weight, 1, 1.5)));
        Refused("teacherTemperature", "0", () => OutputHead.Score(hidden, weight, targets, teacher: new TeacherHead(hidden, weight, 0)));
        Assert.Equal("teacherWeight", Assert.Throws<ArgumentException>(() => OutputHead.ReverseKl(hidden, weight, hidden, weight.narrow(0, 0, 9))).ParamName);
        Assert.Equal("teacherHidden", Assert.Throws<ArgumentException>(() => OutputHead.ReverseKl(hidden, weight, hidden.narrow(0, 0, 6), weight)).ParamName);
    }

    private static (Tensor Hidden, Tensor Weight, Tensor Targets) Inputs(ScalarType dtype = ScalarType.Float32)
    {
        manual_seed(11);
        return (Leaf(randn(Rows, Width, dtype)), Leaf(randn(Vocabulary, Width, dtype)), randint(0, Vocabulary, [Rows], ScalarType.Int64));
    }

    private static Tensor Leaf(Tensor values) => values.detach().clone().requires_grad_();

    private static Tensor FiniteDifferences(Tensor leaf, Func<Tensor> loss)
    {
        using var off = no_grad();
        var result = zeros_like(leaf);
        var (cells, slopes) = (leaf.view(-1), result.view(-1));
        for (var i = 0; i < cells.shape[0]; i++)
        {
            var before = cells[i].item<double>();
            double At(double value) { cells[i] = value; return loss().item<double>(); }
            slopes[i] = (At(before + 1e-5) - At(before - 1e-5)) / 2e-5;
            cells[i] = before;
        }
        return result;
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = (expected.detach() - actual.detach()).abs().max().to(ScalarType.Float64).item<double>();
        Assert.True(error <= tolerance, $"largest difference {error:g3}, tolerance {tolerance}");
    }
}
