using FsCheck.Xunit;
using KdRl.Rollouts;

namespace KdRl.Tests.Rollouts.Guards;

public class ThinkingBudgetTests
{
    private static readonly ThinkingEnd End = new([8, 9], [7, 8, 9]);

    [Fact]
    public void Observe_OpenAtTheBudget_ClosesTheThinkingOnce()
    {
        var budget = new ThinkingBudget(3, End);

        Assert.Equal([GuardStep.None, GuardStep.None, GuardStep.EndThinking], new[] { 1, 2, 3 }.Select(t => budget.Observe(t).Step));
        budget.Injected(End.Text);
        Assert.All(Enumerable.Range(0, 20), t => Assert.Equal(GuardAction.None, budget.Observe(t)));
        Assert.Equal(3, budget.Spent);
    }

    [Theory]
    [InlineData(new[] { 1, 8, 9, 4, 4 })]
    [InlineData(new[] { 8, 8, 9, 4, 4 })]
    public void Observe_ClosedByThePolicy_IsLeftAlone(int[] tokens)
    {
        var budget = new ThinkingBudget(3, End);

        Assert.All(tokens, t => Assert.Equal(GuardStep.None, budget.Observe(t).Step));
    }

    [Fact]
    public void Injected_ControlPrompt_DoesNotCount()
    {
        var budget = new ThinkingBudget(2, End);
        budget.Observe(1);
        budget.Injected([5, 5, 5]);

        Assert.Equal((1, GuardStep.EndThinking), (budget.Spent, budget.Observe(1).Step));
    }

    [Fact]
    public void GenerationGuards_SeveralWishes_TheStrongestIsDone()
    {
        var guards = new GenerationGuards(
            new RepetitionGuard(new RepetitionGuardOptions { NGram = 1, Window = 4, MinCount = 2 }, [50]),
            new ThinkingBudget(2, End));
        guards.Observe(1);

        var action = guards.Observe(1);
        guards.Injected(action.Tokens);

        Assert.Equal(GuardStep.EndThinking, action.Step);
        Assert.Equal(End.Text, action.Tokens);
        Assert.Equal(GuardStep.None, guards.Observe(2).Step);
    }

    [Fact]
    public void ThinkingEnd_Of_EncodesTheTagByItself()
    {
        var end = ThinkingEnd.Of("</t>", "ab</t>c", text => [.. text.Select(c => (int)c)]);

        Assert.Equal("</t>".Select(c => (int)c), end.Tag);
        Assert.Equal("ab</t>c".Select(c => (int)c), end.Text);
        Assert.Throws<ArgumentException>(() => ThinkingEnd.Of("</t>", "abc", text => [1]));
        Assert.Throws<ArgumentException>(() => new ThinkingEnd([], []));
        Assert.Throws<ArgumentException>(() => new ThinkingEnd([1, 2], [2, 1]));
    }

    [Property]
    public bool TokenSequenceFinder_AnyStream_FindsWhatASearchFinds(byte[] stream, byte[] pattern)
    {
        int[] sought = [.. pattern.Take(4).Append((byte)0).Select(b => b % 2)], tokens = [.. stream.Select(b => b % 2)];
        var finder = new TokenSequenceFinder(sought);

        return tokens.Select((t, i) => finder.Ends(t) == (i + 1 >= sought.Length && tokens.AsSpan(i + 1 - sought.Length, sought.Length).SequenceEqual(sought))).All(same => same);
    }
}
