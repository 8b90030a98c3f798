using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Tensors;
using KdRl.TestSupport;
using KdRl.Training;
using KdRl.Training.Optimization;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Updates;

[Collection("torch")]
public sealed class LanesTests : IDisposable
{
    private readonly TorchThread[] helpers = [new("helper 1"), new("helper 2")];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_AnyNumberOfHelpers_TakesEveryPartInOrder(int count)
    {
        var taken = new List<int>();

        var complete = new Lanes(helpers[..count]).Run(50, part =>
        {
            // The first of each three is the slowest.
            Thread.Sleep(part % 3 == 0 ? 3 : 0);
            return part;
        }, part => { taken.Add(part); return true; });

        Assert.True(complete);
        Assert.Equal(Enumerable.Range(0, 50), taken);
    }

    [Fact]
    public void Run_RefusedPart_EndsTheWork()
    {
        var taken = new List<int>();

        Assert.False(new Lanes(helpers).Run(1000, part => part, part => { taken.Add(part); return part < 7; }));

        Assert.Equal(Enumerable.Range(0, 8), taken);
    }

    [Fact]
    public void Run_FailureOnAnyThread_IsThrownAndNothingHangs()
    {
        for (var failing = 0; failing < 6; failing++)
        {
            var number = failing;
            var error = Assert.Throws<InvalidOperationException>(() => new Lanes(helpers).Run(
                6, part => part == number ? throw new InvalidOperationException("broken") : part, _ => true));
            Assert.Equal("broken", error.Message);
        }
    }

    [Fact]
    public void Run_ResultWithTensors_IsAliveWhenTaken()
    {
        var sum = 0.0;

        new Lanes(helpers).Run(20, part => tensor((double)part), value => { sum += value.item<double>(); return true; });

        Assert.Equal(190, sum);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_WithHelpers_GivesTheSameWeightsToTheLastBit(bool distils)
    {
        var options = ToyRun.Options(8);
        options.MicroBatchTokens = 24;
        if (distils) options.Objective = KdrlOptions.KdrlExact();
        string[] hashes = [await TrainAsync([]), await TrainAsync(helpers[..1]), await TrainAsync(helpers)];

        Assert.Single(hashes.Distinct());

        async Task<string> TrainAsync(TorchThread[] with)
        {
            using var toy = new ToyRun { Helpers = with };
            if (distils)
            {
                var teacher = await toy.Thread.RunAsync(() =>
                {
                    var model = new ToyModel(ToyTask.Vocabulary, seed: 5);
                    foreach (var parameter in model.parameters()) parameter.DetachFromDisposeScope();
                    return model;
                });
                toy.Teacher = new ModelTeacher(teacher, toy.Thread);
            }
            using var trainer = toy.Trainer(options);
            var microBatches = 0;
            await foreach (var step in trainer.RunAsync()) microBatches += step.Step > 0 ? 1 : 0;
            Assert.Equal(8, microBatches);
            return toy.Hash();
        }
    }

    [Fact]
    public void AddGradients_WeightThatTheLossDoesNotUse_StaysAsItWas()
    {
        using var scope = NewDisposeScope();
        var (used, idle) = (new TorchSharp.Modules.Parameter(ones(3)), new TorchSharp.Modules.Parameter(ones(2)));
        using var module = new Pair(used, idle);
        using var optimizer = new AdamW(module, new AdamWOptions { WeightDecay = 0 });

        optimizer.AddGradients([.. autograd.grad([used.square().sum()], [.. optimizer.Parameters], allow_unused: true)]);
        optimizer.Step(0.1);

        Assert.All(used.data<float>().ToArray(), value => Assert.NotEqual(1, value));
        Assert.All(idle.data<float>().ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Train_ThreadTwice_IsRefused()
    {
        using var toy = new ToyRun { Helpers = [helpers[0], helpers[0]] };
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => toy.Trainer(ToyRun.Options(1))).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var helper in helpers) helper.Dispose();
    }

    private sealed class Pair : nn.Module
    {
        public Pair(TorchSharp.Modules.Parameter used, TorchSharp.Modules.Parameter idle) : base(nameof(Pair))
        {
            register_parameter("used", used);
            register_parameter("idle", idle);
        }
    }
}
