using KdRl.Training.Optimization;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Optimization;

[Collection("torch")]
public class AdamWFileTests
{
    [Theory, InlineData(ScalarType.Float32), InlineData(ScalarType.BFloat16), InlineData(ScalarType.Float64)]
    public void Load_WhatSaveWrote_ContinuesBitForBit(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var first = new Net(dtype);
        using var one = new AdamW(first, new AdamWOptions { WeightDecay = 0.1 });
        Run(first, one, 5);
        var saved = AdamWTests.Bytes(one);

        using var second = new Net(dtype);
        using var two = new AdamW(second, new AdamWOptions { WeightDecay = 0.1 });
        Run(second, two, 2);
        // A gradient left over from before must not survive.
        second.Loss().backward();
        two.Load(new MemoryStream(saved));
        Assert.Equal(5, two.StepCount);
        Assert.Equal(saved, AdamWTests.Bytes(two));
        Assert.Equal(Parameters(first), Parameters(second));

        Run(first, one, 5);
        Run(second, two, 5);
        Assert.Equal(AdamWTests.Bytes(one), AdamWTests.Bytes(two));
        Assert.Equal(Parameters(first), Parameters(second));
    }

    [Fact]
    public void Load_CutShort_SaysSoAndChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var module = new Net(ScalarType.Float32);
        using var optimizer = new AdamW(module);
        Run(module, optimizer, 1);
        var saved = AdamWTests.Bytes(optimizer);
        Run(module, optimizer, 1);
        var now = AdamWTests.Bytes(optimizer);
        foreach (var length in (int[])[0, 3, 9, 15, 30, saved.Length / 2, saved.Length - 1])
        {
            var error = Assert.Throws<InvalidDataException>(() => optimizer.Load(new MemoryStream(saved[..length])));
            Assert.Contains("at byte", error.Message);
            Assert.Equal(now, AdamWTests.Bytes(optimizer));
        }
    }

    [Fact]
    public void Load_OtherModelOrGarbage_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var module = new Net(ScalarType.Float32);
        using var other = new Net(ScalarType.BFloat16);
        using var frozen = new Net(ScalarType.Float32);
        frozen.parameters().First().requires_grad_(false);
        using var optimizer = new AdamW(module);
        foreach (var foreign in (nn.Module[])[other, frozen])
        {
            using var foreignOptimizer = new AdamW(foreign);
            Assert.Throws<InvalidDataException>(() => optimizer.Load(new MemoryStream(AdamWTests.Bytes(foreignOptimizer))));
        }
        Assert.Throws<InvalidDataException>(() => optimizer.Load(new MemoryStream(new byte[100])));
        var damaged = AdamWTests.Bytes(optimizer);
        damaged[24] = 0xFF;
        damaged[27] = 0xFF;
        Assert.Throws<InvalidDataException>(() => optimizer.Load(new MemoryStream(damaged)));
    }

    private static void Run(Net module, AdamW optimizer, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            module.Loss().backward();
            optimizer.Step(0.01);
        }
    }

    private static byte[][] Parameters(nn.Module module) => [.. module.parameters().Select(p => p.bytes.ToArray())];
}
