using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rollouts;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rollouts.Guards;

public class RepetitionGuardTests
{
    private static readonly int[] Repair = [100, 101];
    private static readonly ThinkingEnd Thinking = new([90], [89, 90]);

    [Theory]
    [InlineData(new[] { 7, 8, 9, 1, 2, 3, 1, 2, 3, 1, 2, 3 }, 12)]
    [InlineData(new[] { 5, 5, 5, 5, 5 }, 5)]
    [InlineData(new[] { 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3 }, 11)]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 }, 0)]
    [InlineData(new[] { 1, 2, 3, 9, 9, 9, 8, 7, 1, 2, 3, 6, 5, 4, 3, 1, 2, 3 }, 0)]
    public void Observe_Loop_FiresAtTheTokenThatMakesIt(int[] tokens, int expected)
    {
        var guard = Guard();

        var fired = Array.FindIndex(tokens, token => guard.Observe(token).Step != GuardStep.None) + 1;

        Assert.Equal(expected, fired);
    }

    [Property(MaxTest = 300)]
    public Property Observe_AnySequence_AgreesWithCountingByHand()
    {
        var cases =
            from n in Gen.Choose(1, 4)
            from count in Gen.Choose(2, 4)
            from window in Gen.Choose(n + count - 1, 20)
            from tokens in Gen.Choose(0, 2).ArrayOf(60)
            select (n, count, window, tokens);

        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var guard = new RepetitionGuard(new RepetitionGuardOptions { NGram = c.n, MinCount = c.count, Window = c.window, MaxRepairs = 1000 }, Repair);
            List<int> window = [];
            foreach (var token in c.tokens)
            {
                window.Add(token);
                if (window.Count > c.window) window.RemoveAt(0);
                var last = window.TakeLast(c.n).ToArray();
                var isLoop = Enumerable.Range(0, Math.Max(0, window.Count - c.n + 1)).Count(i => window.Skip(i).Take(c.n).SequenceEqual(last)) >= c.count && last.Length == c.n;
                if ((guard.Observe(token).Step == GuardStep.Inject) != isLoop) return false;
                if (isLoop) window.Clear();
            }

            return true;
        });
    }

    [Fact]
    public void Observe_LoopAfterLoop_RepairsThenEndsTheThinkingThenTheCompletion()
    {
        var guard = Guard();

        Assert.Equal(GuardStep.Inject, Loop(guard).Step);
        var second = Loop(guard);
        Assert.Equal((GuardStep.Inject, 2), (second.Step, guard.Repairs));
        Assert.Equal(Repair, second.Tokens);
        var third = Loop(guard);
        Assert.Equal(GuardStep.EndThinking, third.Step);
        Assert.Equal([89, 90], third.Tokens);
        Assert.Equal(GuardAction.End, Loop(guard));
    }

    [Fact]
    public void Observe_LoopInTheAnswer_EndsTheCompletion()
    {
        var guard = Guard();
        Loop(guard);
        Loop(guard);
        guard.Observe(90);

        Assert.Equal(GuardStep.End, Loop(guard).Step);
    }

    [Fact]
    public void Observe_WithoutThinking_EndsTheCompletion()
    {
        var guard = new RepetitionGuard(new RepetitionGuardOptions { NGram = 3, Window = 16, MinCount = 3, MaxRepairs = 0 }, []);

        Assert.Equal(GuardStep.End, Loop(guard).Step);
    }

    [Fact]
    public void Injected_Tokens_StartTheWindowAnew()
    {
        var guard = Guard();
        foreach (var token in (int[])[5, 5, 5, 5]) Assert.Equal(GuardStep.None, guard.Observe(token).Step);

        guard.Injected([5]);

        Assert.Equal(GuardStep.None, guard.Observe(5).Step);
    }

    [Theory]
    [InlineData(0, 16, 3, 2, "NGram")]
    [InlineData(3, 16, 1, 2, "MinCount")]
    [InlineData(3, 4, 3, 2, "Window is 4; expected at least NGram + MinCount - 1 = 5")]
    [InlineData(3, 16, 3, -1, "MaxRepairs")]
    public void Constructor_OptionThatDoesNotFit_IsRefusedByName(int n, int window, int count, int repairs, string expected)
    {
        var options = new RepetitionGuardOptions { NGram = n, Window = window, MinCount = count, MaxRepairs = repairs };

        Assert.Contains(expected, Assert.Throws<OptionsValidationException>(() => new RepetitionGuard(options, Repair)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NoControlPrompt_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new RepetitionGuard(new RepetitionGuardOptions(), []));

    private static RepetitionGuard Guard() => new(new RepetitionGuardOptions { NGram = 3, Window = 16, MinCount = 3 }, Repair, Thinking);

    /// <summary>Writes a loop; the engine then writes what the guard wants.</summary>
    private static GuardAction Loop(RepetitionGuard guard)
    {
        for (var i = 0; i < 4; i++) Assert.Equal(GuardStep.None, guard.Observe(5).Step);
        var action = guard.Observe(5);
        guard.Injected(action.Tokens);
        return action;
    }
}
