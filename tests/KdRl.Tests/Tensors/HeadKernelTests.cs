using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Distillation;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

/// <summary>The head's own arithmetic on a processor, against float64 tensor operations from the same logits.</summary>
[Collection("torch")]
public class HeadKernelTests
{
    [Fact]
    public void Exp_AllOfItsRange_IsTheExponentialToTwoUnitsInTheLastPlace()
    {
        for (var x = -87.2f; x < 80; x += 0.0137f)
            Assert.Equal(1, VectorMath.Exp(Vector256.Create(x))[3] / Math.Exp(x), 2.4e-7);
    }

    [Theory, InlineData(-88f, 0f), InlineData(-1e20f, 0f), InlineData(float.NegativeInfinity, 0f), InlineData(0f, 1f), InlineData(float.NaN, float.NaN)]
    public void Exp_OutOfItsRange_IsZeroOrNotANumber(float x, float expected) => Assert.Equal(expected, VectorMath.Exp(Vector256.Create(x))[0]);

    [Property(MaxTest = 60)]
    public FsCheck.Property Scores_RandomTables_EqualFloat64InValueAndGradient() => Prop.ForAll(
        (from rows in Gen.Choose(1, 5) from vocabulary in Gen.Choose(8, 70) from narrow in Gen.Elements(false, true) from teacherNarrow in Gen.Elements(false, true)
         from beta in Gen.Elements(0, 0.3, 1.0) from temperature in Gen.Elements(1, 0.6) from seed in Gen.Choose(1, 1000)
         select (rows, vocabulary, narrow, teacherNarrow, beta, temperature, seed)).ToArbitrary(),
        c =>
        {
            using var scope = NewDisposeScope();
            manual_seed(c.seed);
            Tensor Table(bool narrow) => randn(c.rows, c.vocabulary).mul(4).to(narrow ? ScalarType.BFloat16 : ScalarType.Float32);
            var (student, teacher, target) = (Table(c.narrow), Table(c.teacherNarrow), randint(0, c.vocabulary, [c.rows, 1], ScalarType.Int64));
            var settings = new HeadSettings(ScalarType.Float32, c.temperature, c.rows, 1) { WithEntropy = true, WithTeacher = true, TeacherTemperature = 1.3, Beta = c.beta };
            var upstream = randn(4, c.rows);
            upstream[3].zero_();
            var logits = student.to(ScalarType.Float64).requires_grad_();
            var (own, other) = (logits / c.temperature, teacher.to(ScalarType.Float64) / 1.3);
            var logProbs = own.log_softmax(-1);
            var expected = stack([logProbs.gather(1, target).squeeze(1), -(logProbs.exp() * logProbs).sum(-1), GeneralisedJsd.Exact(own, other, c.beta), other.log_softmax(-1).gather(1, target).squeeze(1)]);
            (expected * upstream).sum().backward();

            var (rows, state) = HeadKernel.Scores(settings, target, student, teacher);
            var gradient = empty_like(student);
            HeadKernel.Gradient(settings, target, student, teacher, rows, state, upstream, gradient);
            // In place.
            HeadKernel.Gradient(settings, target, student, teacher, rows, state, upstream, student);

            Close(expected, rows, 3e-6);
            Close(logits.grad! * c.temperature, gradient, c.narrow ? 4e-3 : 1e-5);
            Assert.True(gradient.equal(student).all().item<bool>());
        });

    [Fact]
    public void Scores_NotANumberAmongTheLogits_ShowsInEveryScore()
    {
        using var scope = NewDisposeScope();
        var table = zeros(1, 20);
        table[0, 17] = float.NaN;
        var (rows, _) = HeadKernel.Scores(new HeadSettings(ScalarType.Float32, 1, 1, 1) { WithEntropy = true }, zeros(1, 1, ScalarType.Int64), table, null);
        Assert.True(rows.isnan().all().item<bool>());
    }

    [Fact]
    public void Handles_WhatVectorsCannotHold_IsLeftToTensorOperations()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Vector256.IsHardwareAccelerated, HeadKernel.Handles(zeros(1, 8), null));
        Assert.False(HeadKernel.Handles(zeros(1, 7)));
        Assert.False(HeadKernel.Handles(zeros(1, 8), zeros([1, 8], ScalarType.Float64)));
        Assert.False(HeadKernel.Handles(zeros([1, 8], ScalarType.Float16)));
    }

    [Fact]
    public void Scores_OneThreadOrTwo_AreTheSameBits()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (table, target, settings) = (randn(40, 5003), zeros(40, 1, ScalarType.Int64), new HeadSettings(ScalarType.Float32, 1, 40, 1) { WithEntropy = true });
        var before = get_num_threads();
        try
        {
            (Tensor Rows, Tensor Gradient) On(int threads)
            {
                set_num_threads(threads);
                var (rows, state) = HeadKernel.Scores(settings, target, table, null);
                var gradient = empty_like(table);
                HeadKernel.Gradient(settings, target, table, null, rows, state, ones_like(rows), gradient);
                return (rows, gradient);
            }
            var (one, two) = (On(1), On(2));
            Assert.True(one.Rows.equal(two.Rows).all().item<bool>());
            Assert.True(one.Gradient.equal(two.Gradient).all().item<bool>());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        var error = (expected.detach() - actual.to(ScalarType.Float64)).abs().max().item<double>();
        var size = expected.detach().abs().max().item<double>();
        Assert.True(error <= tolerance * Math.Max(1, size), $"largest difference {error} of {size}");
    }
}
