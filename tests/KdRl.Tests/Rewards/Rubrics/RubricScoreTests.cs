using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rubrics;

public class RubricScoreTests
{
    private static readonly int[] Depths = [0, 1, 1, 2, 3, 3];
    private static readonly RubricOptions Foundation = new(), Literal = new() { Direction = RubricDirection.Literal };

    [Theory]
    [InlineData(new[] { 9, 8, 7, 6, 5, 4 }, 81.0, 50.142857142857146)]
    [InlineData(new[] { 4, 5, 6, 7, 8, 9 }, 49.0, 79.857142857142861)]
    [InlineData(new[] { 7, 7, 7, 7, 7, 7 }, 70.0, 70.0)]
    [InlineData(new[] { 10, 10, 10, 10, 10, 10 }, 100.0, 100.0)]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1 }, 10.0, 10.0)]
    [InlineData(new[] { 8, 7, 7, 7, 7, 6 }, 75.2, 66.285714285714292)]
    public void OutOf100_SixTraits_HasTheGoldenScores(int[] ratings, double foundation, double literal)
    {
        var rubric = Rubric([.. Depths.Select(d => (d, 1))]);

        Assert.Equal(foundation, RubricScore.OutOf100(rubric, One(ratings), Foundation), 10);
        Assert.Equal(literal, RubricScore.OutOf100(rubric, One(ratings), Literal), 10);
    }

    [Fact]
    public void Weights_SixTraits_AreThoseOfAlpha3()
    {
        double[] expected = [.54, .18, .18, .06, .02, .02];

        Assert.Equal(expected, RubricScore.Weights(Rubric([.. Depths.Select(d => (d, 1))]), Foundation).Select(w => Math.Round(w, 12)));
    }

    [Property(MaxTest = 200)]
    public bool OutOf100_EqualRatings_DoNotDependOnWeights(byte rating, byte alpha, bool literal, bool divide)
    {
        var value = (rating % 10) + 1;
        var options = new RubricOptions { Alpha = 0.1 + (alpha / 10.0), Direction = literal ? RubricDirection.Literal : RubricDirection.FoundationFirst, DivideByQuestions = divide };
        var rubric = Rubric((0, 3), (1, 1), (5, 2));

        return Math.Abs(RubricScore.OutOf100(rubric, [[value, value, value], [value], [value, value]], options) - (10 * value)) < 1e-9;
    }

    [Property(MaxTest = 200)]
    public bool OutOf100_AnyQuestionRaised_IsHigher(byte[] seed, byte which, bool literal, bool divide)
    {
        var rubric = Rubric((0, 2), (1, 1), (2, 3));
        var options = new RubricOptions { Direction = literal ? RubricDirection.Literal : RubricDirection.FoundationFirst, DivideByQuestions = divide };
        double[] flat = [.. Enumerable.Range(0, 6).Select(i => 1.0 + (i < seed.Length ? seed[i] % 9 : 0))];
        var before = RubricScore.OutOf100(rubric, Shape(flat), options);
        flat[which % 6]++;
        return RubricScore.OutOf100(rubric, Shape(flat), options) > before;

        static IReadOnlyList<IReadOnlyList<double>> Shape(double[] f) => [[f[0], f[1]], [f[2]], [f[3], f[4], f[5]]];
    }

    [Property(MaxTest = 200)]
    public bool OutOf100_PointMovedToABaserTrait_IsNeverLower(byte from, byte to)
    {
        var (advanced, basic) = (Math.Max(from % 6, to % 6), Math.Min(from % 6, to % 6));
        double[] ratings = [5, 5, 5, 5, 5, 5];
        var rubric = Rubric([.. Depths.Select(d => (d, 1))]);
        var before = RubricScore.OutOf100(rubric, One(ratings), Foundation);
        ratings[advanced]--;
        ratings[basic]++;
        return RubricScore.OutOf100(rubric, One(ratings), Foundation) >= before - 1e-12;
    }

    [Fact]
    public void OutOf100_Alpha1_IsThePlainMean() =>
        Assert.Equal(10 * (9 + 8 + 7 + 6 + 5 + 4) / 6.0, RubricScore.OutOf100(Rubric([.. Depths.Select(d => (d, 1))]), One([9, 8, 7, 6, 5, 4]), new RubricOptions { Alpha = 1 }), 10);

    [Fact]
    public void OutOf100_UndividedSums_GiveLongTraitsMoreWeight()
    {
        var rubric = Rubric((0, 3), (0, 1));
        IReadOnlyList<IReadOnlyList<double>> ratings = [[10, 10, 10], [2]];

        Assert.Equal(60, RubricScore.OutOf100(rubric, ratings, Foundation), 10);
        Assert.Equal(80, RubricScore.OutOf100(rubric, ratings, new RubricOptions { DivideByQuestions = false }), 10);
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e-3)]
    public void Weights_DeepestTraitsAndExtremeAlpha_StayFinite(double alpha)
    {
        foreach (var direction in Enum.GetValues<RubricDirection>())
        {
            var weights = RubricScore.Weights(Rubric((0, 1), (64, 1)), new RubricOptions { Alpha = alpha, Direction = direction });
            Assert.Equal(1, weights.Sum(), 12);
        }
    }

    public static TheoryData<double[][], string> BadRatings => new()
    {
        { [[5, 5]], "of 1 traits; expected 2" },
        { [[5], [5]], "'t0' has 1 ratings; expected 2" },
        { [[5, 5], [5, 5]], "'t1' has 2 ratings; expected 1" },
        { [[5, 5], [0]], "'t1' is rated 0" },
        { [[5, 5], [10.5]], "'t1' is rated 10.5" },
        { [[5, double.NaN], [5]], "'t0' is rated NaN" },
    };

    [Theory, MemberData(nameof(BadRatings))]
    public void OutOf100_RatingsThatDoNotFit_AreRefused(double[][] ratings, string why)
    {
        var failure = Assert.Throws<ArgumentException>(() => RubricScore.OutOf100(Rubric((0, 2), (1, 1)), ratings, Foundation));

        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    private static RubricSpec Rubric(params (int Depth, int Questions)[] traits) => new()
    {
        Genre = "g",
        Traits = [.. traits.Select((t, i) => new RubricTrait { Name = $"t{i}", Depth = t.Depth, Questions = [.. Enumerable.Repeat("?", t.Questions)] })],
    };

    private static IReadOnlyList<IReadOnlyList<double>> One(IEnumerable<int> ratings) => One([.. ratings.Select(r => (double)r)]);

    private static IReadOnlyList<IReadOnlyList<double>> One(double[] ratings) => [.. ratings.Select(r => (IReadOnlyList<double>)[r])];
}
