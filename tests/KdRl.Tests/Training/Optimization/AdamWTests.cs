using KdRl.Training.Optimization;
using Microsoft.Extensions.Options;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = KdRl.Training.Optimization.AdamW;

namespace KdRl.Tests.Training.Optimization;

[Collection("torch")]
public class AdamWTests
{
    private static readonly double[] Rates = [.. Enumerable.Range(1, 20).Select(i => 0.01 / i)];

    [Theory, InlineData(ScalarType.Float64, 1e-12, 1.0), InlineData(ScalarType.Float32, 1e-5, 1.0), InlineData(ScalarType.Float32, 1e-5, null)]
    public void Step_TwentySteps_EqualsTheScalarReference(ScalarType dtype, double tolerance, double? clip)
    {
        using var scope = NewDisposeScope();
        using var module = new Net(dtype);
        var options = new AdamWOptions { WeightDecay = 0.1, Beta2 = 0.95, MaxGradientNorm = clip, NoDecay = ["skip"] };
        var reference = new ScalarAdamW(options, module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
        using var optimizer = new AdamW(module, options);
        foreach (var rate in Rates)
        {
            module.Loss().backward();
            var norm = reference.Step(rate, module.named_parameters().Select(p => p.parameter.grad));
            var step = optimizer.Step(rate);
            Assert.True(step.Applied);
            Assert.Equal(norm, step.GradientNorm, norm * 1e-5);
            Assert.Equal(clip is { } most ? Math.Min(1, most / norm) : 1, step.ClipFactor, 1e-5);
        }
        foreach (var (name, parameter) in module.named_parameters())
            Close(reference.Values(name), parameter, tolerance);
    }

    [Fact]
    public void Step_TwentySteps_EqualsTorchSharp()
    {
        using var scope = NewDisposeScope();
        using var ours = new Net(ScalarType.Float32);
        using var theirs = new Net(ScalarType.Float32);
        using var optimizer = new AdamW(ours, new AdamWOptions { WeightDecay = 0.1, DecayVectors = true, MaxGradientNorm = 0.5 });
        using var peer = optim.AdamW(theirs.parameters(), 0.01, 0.9, 0.999, 1e-8, 0.1);
        for (var i = 0; i < 20; i++)
        {
            ours.Loss().backward();
            optimizer.Step(0.01);
            peer.zero_grad();
            theirs.Loss().backward();
            nn.utils.clip_grad_norm_(theirs.parameters(), 0.5);
            peer.step();
        }
        foreach (var (own, other) in ours.parameters().Zip(theirs.parameters())) Close(other, own, 2e-5);
    }

    [Fact]
    public void Step_GradientsOfSeveralBackwardPasses_AddUpAndAreZeroAfterwards()
    {
        using var scope = NewDisposeScope();
        using var module = new Net(ScalarType.Float32);
        using var optimizer = new AdamW(module, new AdamWOptions { MaxGradientNorm = null });
        module.Loss().backward();
        module.Loss().backward();
        var twice = optimizer.Step(0).GradientNorm;
        Assert.All(module.parameters(), p => Assert.Equal(0, p.grad!.abs().sum().item<float>()));
        module.Loss().backward();
        Assert.Equal(twice / 2, optimizer.Step(0).GradientNorm, 1e-5);
    }

    [Fact]
    public void Step_AfterZeroGradOfTheModule_TakesTheForeignGradients()
    {
        using var scope = NewDisposeScope();
        using var module = new Net(ScalarType.Float32);
        using var optimizer = new AdamW(module);
        module.Loss().backward();
        var expected = optimizer.Step(0).GradientNorm;
        module.Loss().backward();
        module.zero_grad();
        Assert.Equal(0, optimizer.Step(0).GradientNorm);
        module.zero_grad();
        module.Loss().backward();
        Assert.Equal(expected, optimizer.Step(0).GradientNorm, 1e-6);
        module.Loss().backward();
        Assert.Equal(expected, optimizer.Step(0).GradientNorm, 1e-6);
    }

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void Step_NonFiniteGradient_LeavesEverythingBitForBit(double poison)
    {
        using var scope = NewDisposeScope();
        using var module = new Net(ScalarType.BFloat16);
        using var optimizer = new AdamW(module, new AdamWOptions { WeightDecay = 0.1 });
        module.Loss().backward();
        optimizer.Step(0.01);
        var before = Bytes(optimizer);
        var parameters = module.parameters().Select(p => p.bytes.ToArray()).ToArray();
        (module.Loss() * poison).backward();
        var step = optimizer.Step(0.01);
        Assert.False(step.Applied);
        Assert.False(double.IsFinite(step.GradientNorm));
        Assert.Equal(1, optimizer.StepCount);
        Assert.Equal(before, Bytes(optimizer));
        Assert.Equal(parameters, module.parameters().Select(p => p.bytes.ToArray()).ToArray());
        module.Loss().backward();
        Assert.True(optimizer.Step(0.01).Applied);
    }

    [Fact]
    public void Step_BFloat16_MastersGatherUpdatesBelowItsResolution()
    {
        using var scope = NewDisposeScope();
        using var module = new Single(ones(4).to(ScalarType.BFloat16));
        using var optimizer = new AdamW(module);
        // bfloat16 below 1 has steps of 0.0039: an update of 0.0001 rounds away each time, two hundred gather to 0.02.
        for (var i = 0; i < 200; i++)
        {
            module.Weight.to(ScalarType.Float32).sum().backward();
            optimizer.Step(0.0001);
            if (i == 0) Assert.Equal(1f, module.Weight[0].to(ScalarType.Float32).item<float>());
        }
        Assert.Equal(0.98f, module.Weight[0].to(ScalarType.Float32).item<float>(), 0.002f);
    }

    [Fact]
    public void Accumulate_BFloat16_SumsManyMicroBatchesInFloat32()
    {
        using var scope = NewDisposeScope();
        using var module = new Single(ones(1).to(ScalarType.BFloat16));
        using var optimizer = new AdamW(module, new AdamWOptions { MaxGradientNorm = null });
        for (var i = 0; i < 1000; i++)
        {
            module.Weight.to(ScalarType.Float32).sum().backward();
            optimizer.Accumulate();
        }
        // A bfloat16 sum of ones stops at 256.
        Assert.Equal(1000, optimizer.Step(0).GradientNorm, 1e-3);
    }

    [Fact]
    public void Step_TiedWeights_AreSteppedOnce()
    {
        using var scope = NewDisposeScope();
        using var module = new Tied();
        Assert.Equal(2, module.named_parameters().Count());
        var start = module.Embedding.weight!.clone();
        using var optimizer = new AdamW(module, new AdamWOptions { WeightDecay = 0.5, MaxGradientNorm = null });
        (module.Embedding.weight!.sum() + module.Head.weight!.sum()).backward();
        var step = optimizer.Step(0.1);
        Assert.Equal(2 * Math.Sqrt(15), step.GradientNorm, 1e-5);
        Close(start * (1 - 0.1 * 0.5) - 0.1, module.Embedding.weight!, 1e-6);
        Assert.True(module.Embedding.weight!.equal(module.Head.weight!).all().item<bool>());
    }

    [Fact]
    public void Constructor_EqualButSeparateWeights_AreNotTakenForTied()
    {
        using var scope = NewDisposeScope();
        using var module = new Pair(ones(3), ones(3));
        using var optimizer = new AdamW(module, new AdamWOptions { MaxGradientNorm = null });
        (module.First.sum() - module.Second.sum()).backward();
        optimizer.Step(0.1);
        Close(full(3, 0.9), module.First, 1e-6);
        Close(full(3, 1.1), module.Second, 1e-6);
    }

    [Fact]
    public void Step_FrozenParameters_AreLeftAlone()
    {
        using var scope = NewDisposeScope();
        using var module = new Pair(ones(3), ones(3));
        module.Second.requires_grad_(false);
        using var optimizer = new AdamW(module);
        module.First.sum().backward();
        optimizer.Step(0.1);
        Close(ones(3), module.Second, 0);
        Close(full(3, 0.9), module.First, 1e-6);
    }

    [Fact]
    public void Constructor_BadInput_IsRefusedWithItsName()
    {
        using var scope = NewDisposeScope();
        using var module = new Pair(ones(3), ones(3));
        string Refused(AdamWOptions options) => Assert.Throws<OptionsValidationException>(() => new AdamW(module, options)).Message;
        Assert.Contains(nameof(AdamWOptions.Beta1), Refused(new AdamWOptions { Beta1 = 1 }));
        Assert.Contains(nameof(AdamWOptions.Beta2), Refused(new AdamWOptions { Beta2 = -0.1 }));
        Assert.Contains(nameof(AdamWOptions.Epsilon), Refused(new AdamWOptions { Epsilon = 0 }));
        Assert.Contains(nameof(AdamWOptions.WeightDecay), Refused(new AdamWOptions { WeightDecay = double.NaN }));
        Assert.Contains(nameof(AdamWOptions.MaxGradientNorm), Refused(new AdamWOptions { MaxGradientNorm = 0 }));
        Assert.Contains(nameof(AdamWOptions.DecayVectors), Refused(new AdamWOptions { DecayVectors = true }));
        Assert.Contains(nameof(AdamWOptions.NoDecay), Refused(new AdamWOptions { NoDecay = ["x"] }));
        using var optimizer = new AdamW(module);
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(double.NaN));
        module.First.requires_grad_(false);
        module.Second.requires_grad_(false);
        Assert.Throws<ArgumentException>(() => new AdamW(module));
    }

    [Fact]
    public void Step_TwoHundredSteps_LeaveTheLiveTensorCountFlat()
    {
        // Wrappers that earlier tests left to the collector would be counted until it comes.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var module = new Net(ScalarType.BFloat16);
        using var optimizer = new AdamW(module, new AdamWOptions { WeightDecay = 0.1 });
        var live = 0L;
        for (var i = 0; i < 200; i++)
        {
            using (NewDisposeScope())
            {
                module.Loss().backward();
                optimizer.Step(0.01);
            }
            if (i == 9) live = Tensor.TotalCount;
        }
        Assert.Equal(live, Tensor.TotalCount);
    }

    internal static byte[] Bytes(AdamW optimizer)
    {
        using var stream = new MemoryStream();
        optimizer.Save(stream);
        return stream.ToArray();
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        var error = (expected.detach().to(ScalarType.Float64) - actual.detach().to(ScalarType.Float64)).abs().max().item<double>();
        Assert.True(error <= tolerance, $"largest difference {error:g3}, tolerance {tolerance}");
    }

    private sealed class Single : nn.Module
    {
        public readonly Parameter Weight;

        public Single(Tensor start) : base("single")
        {
            Weight = new Parameter(start);
            RegisterComponents();
        }
    }

    private sealed class Pair : nn.Module
    {
        public readonly Parameter First, Second;

        public Pair(Tensor first, Tensor second) : base("pair")
        {
            (First, Second) = (new Parameter(first), new Parameter(second));
            RegisterComponents();
        }
    }

    private sealed class Tied : nn.Module
    {
        public readonly Embedding Embedding = nn.Embedding(5, 3);
        public readonly Linear Head = nn.Linear(3, 5, false);

        public Tied() : base("tied")
        {
            Head.weight = Embedding.weight!;
            RegisterComponents();
        }
    }
}
