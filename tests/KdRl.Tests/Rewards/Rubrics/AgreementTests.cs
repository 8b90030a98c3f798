using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rubrics;

public class AgreementTests
{
    public static TheoryData<double[], double[], double> SpearmanTables => new()
    {
        { [1, 2, 3, 4], [1, 3, 2, 4], 0.8 },
        { [1, 2, 3], [3, 2, 1], -1 },
        // Intelligence and hours of television, the usual worked example: 1 − 6·194 / (10·99).
        { [106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -29.0 / 165 },
        // Ties share their mean rank: 4.5 / √(4.5 · 5).
        { [1, 2, 2, 3], [1, 3, 2, 4], 4.5 / 4.743416490252569 },
        { [1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.82078268166812329 },
    };

    public static TheoryData<double[], double[], double> KendallTables => new()
    {
        { [1, 2, 3, 4], [1, 3, 2, 4], 2.0 / 3 },
        { [1, 2, 3], [3, 2, 1], -1 },
        // Five concordant pairs, one tied on the left: 5 / √(5 · 6).
        { [1, 2, 2, 3], [1, 3, 2, 4], 0.91287092917527690 },
        // Tied on both sides: −4 / √(8 · 9).
        { [12, 2, 1, 12, 2], [1, 4, 7, 1, 0], -0.47140452079103173 },
    };

    [Theory, MemberData(nameof(SpearmanTables))]
    public void Spearman_Tables_AreReproduced(double[] first, double[] second, double expected) => Assert.Equal(expected, Agreement.Spearman(first, second)!.Value, 12);

    [Theory, MemberData(nameof(KendallTables))]
    public void KendallTauB_Tables_AreReproduced(double[] first, double[] second, double expected) => Assert.Equal(expected, Agreement.KendallTauB(first, second)!.Value, 12);

    [Fact]
    public void FleissKappa_PublishedTable_IsReproduced()
    {
        // Ten subjects, fourteen raters, five categories: P̄ = .378, P̄ₑ = .213, κ = .210 (Fleiss, 1971, as commonly worked).
        int[][] counts =
        [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ];

        Assert.Equal(0.2099, Agreement.FleissKappa(counts)!.Value, 4);
    }

    [Fact]
    public void FleissKappa_FourItems_IsAThird() => Assert.Equal(1.0 / 3, Agreement.FleissKappa([[3, 0], [2, 1], [1, 2], [0, 3]])!.Value, 12);

    [Fact]
    public void FleissKappa_Extremes_AreOneAndBelowChance()
    {
        Assert.Equal(1, Agreement.FleissKappa([[3, 0], [0, 3]])!.Value, 12);
        Assert.Equal(-1, Agreement.FleissKappa([[1, 1], [1, 1]])!.Value, 12);
        Assert.Null(Agreement.FleissKappa([[3, 0], [3, 0]]));
    }

    public static TheoryData<int[][]> BrokenCounts => [[], [[1, 0]], [[2, 0], [1, 0]], [[2, 0], [2, 0, 0]], [[3, -1], [2, 0]]];

    [Theory, MemberData(nameof(BrokenCounts))]
    public void FleissKappa_RowsThatDoNotFit_AreRefused(int[][] counts) => Assert.Throws<ArgumentException>(() => Agreement.FleissKappa(counts));

    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 1 })]
    [InlineData(new double[] { 1 }, new double[] { 1 })]
    [InlineData(new double[] { 1, double.NaN }, new double[] { 1, 2 })]
    [InlineData(new double[] { 1, 2 }, new double[] { 1, double.PositiveInfinity })]
    public void Correlations_BadScores_AreRefused(double[] first, double[] second)
    {
        Assert.Throws<ArgumentException>(() => Agreement.Spearman(first, second));
        Assert.Throws<ArgumentException>(() => Agreement.KendallTauB(first, second));
    }

    [Fact]
    public void Correlations_ConstantSide_AreUnknown()
    {
        Assert.Null(Agreement.Spearman([2, 2, 2], [1, 2, 3]));
        Assert.Null(Agreement.KendallTauB([2, 2, 2], [1, 2, 3]));
    }

    [Property(MaxTest = 300)]
    public bool Correlations_SwapAndReverse_KeepTheirAlgebra(byte[] left, byte[] right)
    {
        var n = Math.Min(left.Length, right.Length);
        if (n < 2) return true;
        // Few values, so that there are many ties.
        double[] x = [.. left.Take(n).Select(b => (double)(b % 5))], y = [.. right.Take(n).Select(b => (double)(b % 5))];
        double[] stretched = [.. x.Select(v => Math.Exp(v) - 7)], reversed = [.. y.Select(v => -v)];
        return Holds(Agreement.Spearman) && Holds(Agreement.KendallTauB);

        bool Holds(Func<IReadOnlyList<double>, IReadOnlyList<double>, double?> correlation)
        {
            var value = correlation(x, y);
            return value is null
                ? x.Distinct().Count() == 1 || y.Distinct().Count() == 1
                : Math.Abs(value.Value) <= 1 && Same(value, correlation(y, x)) && Same(value, correlation(stretched, y)) && Same(-value, correlation(x, reversed)) && Same(1, correlation(x, x));
        }
    }

    [Property(MaxTest = 300)]
    public bool Spearman_AnyScores_IsPearsonOfMeanRanks(byte[] left, byte[] right)
    {
        var n = Math.Min(left.Length, right.Length);
        if (n < 2) return true;
        int[] x = [.. left.Take(n).Select(b => b % 7)], y = [.. right.Take(n).Select(b => b % 7)];
        var (a, b) = (Ranks(x), Ranks(y));
        var (ma, mb) = (a.Average(), b.Average());
        var cov = a.Zip(b, (p, q) => (p - ma) * (q - mb)).Sum();
        var expected = cov / Math.Sqrt(a.Sum(p => (p - ma) * (p - ma)) * b.Sum(q => (q - mb) * (q - mb)));
        var actual = Agreement.Spearman([.. x.Select(v => (double)v)], [.. y.Select(v => (double)v)]);
        return double.IsNaN(expected) ? actual is null : Same(expected, actual);

        static double[] Ranks(int[] v) => [.. v.Select(s => v.Count(o => o < s) + ((v.Count(o => o == s) + 1) / 2.0))];
    }

    [Fact]
    public void Pairs_StudyOfTheBenchmark_Has5040Labels()
    {
        var labels = Agreement.Pairs(prompts: 80, systems: 7, annotators: 3).ToArray();

        Assert.Equal(5040, labels.Length);
        Assert.Equal(5040, labels.Distinct().Count());
        Assert.All(labels, l => Assert.True(l.First < l.Second && l.Second < 7));
        Assert.Empty(Agreement.Pairs(80, 1, 3));
        Assert.Empty(Agreement.Pairs(80, 0, 3));
    }

    private static bool Same(double? a, double? b) => Math.Abs(a!.Value - b!.Value) < 1e-12;
}
