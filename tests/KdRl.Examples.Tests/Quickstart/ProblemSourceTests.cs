using KdRl.Examples.Quickstart.Tasks;

namespace KdRl.Examples.Tests.Quickstart;

public sealed class ProblemSourceTests
{
    private static readonly ProblemSource Source = new(2, 4);

    [Fact]
    public void Of_KnownProblem_WritesEveryStep()
    {
        var problem = ModularProblem.Of(5, [('+', 4), ('*', 6), ('-', 3), ('+', 2)]);
        Assert.Equal("5+4*6-3+2=", problem.Text);
        Assert.Equal("5+4=2,2*6=5,5-3=2,2+2=4;", problem.Worked);
        Assert.Equal(4, problem.Answer);
    }

    [Fact]
    public void Training_ManyProblems_AreVerifiedAndNeverHeldOut()
    {
        var random = Seeds.Random(1, "test");
        for (var i = 0; i < 2000; i++)
        {
            var problem = Source.Training(random);
            Assert.False(ProblemSource.IsHeldOut(problem));
            Assert.True(AnswerVerifier.Verify($"{problem.Answer}", problem.Worked, finished: true).Correct);
            Assert.All(problem.Text + problem.Worked, c => Assert.Contains(c, ModularProblem.Alphabet));
            Assert.InRange(problem.Worked.Length, 2 * ModularProblem.StepLength, Source.LongestAnswer);
        }
    }

    [Fact]
    public void HeldOut_Problems_AreDifferentAndAllHeldOut()
    {
        var problems = Source.HeldOut(600, 3);
        Assert.Equal(600, problems.Select(p => p.Text).Distinct().Count());
        Assert.All(problems, p => Assert.True(ProblemSource.IsHeldOut(p)));
    }

    [Fact]
    public void IsHeldOut_RandomProblems_TakesAboutAnEighth()
    {
        var random = new Random(4);
        var share = Enumerable.Range(0, 8000)
            .Count(_ => ProblemSource.IsHeldOut(ModularProblem.Of(random.Next(7), [('+', random.Next(1, 7)), ('-', random.Next(1, 7)), ('*', random.Next(2, 7)), ('+', random.Next(1, 7))]))) / 8000.0;
        Assert.InRange(share, 0.11, 0.14);
    }

    [Fact]
    public void Training_WithGaps_NeverShowsThem()
    {
        var random = Seeds.Random(5, "test");
        for (var i = 0; i < 500; i++)
            Assert.DoesNotContain("*3", Source.Training(random, p => !p.Text.Contains("*3", StringComparison.Ordinal)).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Random_AnySeed_GivesTheSameStreamAgainAndAnotherForAnotherPurpose(long seed)
    {
        Assert.Equal(Seeds.Random(seed, "a").Next(), Seeds.Random(seed, "a").Next());
        Assert.NotEqual(Seeds.Random(seed, "a").Next(), Seeds.Random(seed, "b").Next());
        Assert.True(Seeds.Derive(seed, "a") >= 0);
    }
}
