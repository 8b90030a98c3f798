using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Rules;

public class RepetitionTests
{
    private static readonly Arbitrary<int[]> FewTokens = Gen.Choose(0, 3).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData("1 2 3 1 2 3 1 2 3", 3, 1 - (3 / 7.0))]
    [InlineData("1 2 3 4 5 6 7 8 9", 3, 0)]
    [InlineData("5 5 5 5 5 5 5 5 5", 3, 1 - (1 / 7.0))]
    [InlineData("1 1", 3, 0)]
    [InlineData("", 1, 0)]
    [InlineData("0 0 0 0", 4, 0)]
    public void NGramShare_KnownSequences_IsTheShareSeenBefore(string tokens, int n, double expected) =>
        Assert.Equal(expected, Repetition.NGramShare(Ids(tokens), n), 12);

    [Theory]
    [InlineData("1 2 3 1 2 3 1 2 3", 6 / 9.0)]
    [InlineData("1 2 3 4 5 6 7 8 9", 0)]
    [InlineData("5 5 5 5 5 5 5 5 5", 8 / 9.0)]
    [InlineData("1 2 3 1 2", 0)] // Not a whole block yet.
    [InlineData("7 7", 0.5)]
    [InlineData("", 0)]
    public void RunShare_KnownSequences_IsTheLongestLoop(string tokens, double expected) =>
        Assert.Equal(expected, Repetition.RunShare(Ids(tokens)), 12);

    [Fact]
    public void RunShare_LoopLongerThanThePeriod_IsNotSeen()
    {
        int[] loop = [.. Enumerable.Range(0, 10), .. Enumerable.Range(0, 10)];

        Assert.Equal(0.5, Repetition.RunShare(loop, 10));
        Assert.Equal(0, Repetition.RunShare(loop, 9));
    }

    [Property]
    public Property NGramShare_AnySequence_IsThatOfComparedWindows() => Prop.ForAll(FewTokens, Gen.Choose(1, 5).ToArbitrary(), (tokens, n) =>
    {
        var windows = Enumerable.Range(0, Math.Max(0, tokens.Length - n + 1)).Select(i => string.Join(' ', tokens[i..(i + n)])).ToArray();
        var expected = windows.Length == 0 ? 0 : 1 - (windows.Distinct().Count() / (double)windows.Length);
        return Math.Abs(expected - Repetition.NGramShare(tokens, n)) < 1e-12;
    });

    [Property(MaxTest = 500)]
    public Property RunShare_AnySequence_IsThatOfComparedTokens() => Prop.ForAll(FewTokens, Gen.Choose(1, 6).ToArbitrary(), (tokens, maxPeriod) =>
    {
        var longest = 0;
        for (var period = 1; period <= maxPeriod; period++)
            for (int i = period, run = 0; i < tokens.Length; i++)
            {
                run = tokens[i] == tokens[i - period] ? run + 1 : 0;
                if (run >= period) longest = Math.Max(longest, run);
            }

        return Repetition.RunShare(tokens, maxPeriod) == (tokens.Length == 0 ? 0 : longest / (double)tokens.Length);
    });

    [Theory]
    [InlineData(997, 0.05)] // No block of at most 256 repeats.
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    [InlineData(255, 1)]
    public void LongestRun_AllPeriods_LooksAtEveryTokenOnceAtMostAndAtFewWithoutALoop(int loop, double most)
    {
        int[] tokens = [.. Enumerable.Range(0, 8000).Select(i => i % loop)];
        var looks = 0L;
        for (var period = 1; period <= 256; period++)
        {
            var before = looks;
            Repetition.LongestRun(tokens, period, period, ref looks);
            Assert.InRange(looks - before, 0, tokens.Length);
        }

        Assert.InRange(looks, 0, most * 256 * tokens.Length);
    }

    [Property]
    public Property LongestRun_AnySequence_LooksAtEveryTokenOnceAtMost() => Prop.ForAll(FewTokens, Gen.Choose(1, 4).ToArbitrary(), Gen.Choose(1, 6).ToArbitrary(), (tokens, period, least) =>
    {
        var looks = 0L;
        Repetition.LongestRun(tokens, period, least, ref looks);
        return looks <= tokens.Length;
    });

    [Property]
    public Property Shares_RenamedTokens_StayTheSame() => Prop.ForAll(FewTokens, tokens =>
    {
        var renamed = tokens.Select(t => 100_000 - (7 * t)).ToArray();
        return Repetition.NGramShare(tokens, 2) == Repetition.NGramShare(renamed, 2) && Repetition.RunShare(tokens) == Repetition.RunShare(renamed);
    });

    [Property]
    public Property Shares_AnySequence_AreInRange() => Prop.ForAll(FewTokens, tokens =>
        Repetition.NGramShare(tokens, 2) is >= 0 and < 1 && Repetition.RunShare(tokens) is >= 0 and < 1);

    [Property]
    public Property NGramShare_TheSequenceTwice_IsAtLeastAsHigh() => Prop.ForAll(FewTokens, tokens =>
        Repetition.NGramShare([.. tokens, .. tokens], 2) >= Repetition.NGramShare(tokens, 2) - 1e-12);

    [Fact]
    public void ScoreAsync_Tokens_IsTheLargerShareTimesTheWeight()
    {
        var request = Requests.Of("", Ids("1 2 3 1 2 3 1 2 3"));
        var windowsOnly = new RepetitionReward(new RepetitionOptions { WindowLength = 3, MaxPeriod = 0, Weight = 0.1 }).Score(request);

        Assert.Equal(-0.1 * 4 / 7, windowsOnly.Value!.Value, 12); // With a primary reward of 1: the 0.942857 of the reference.
        Assert.Equal(-6 / 9.0, new RepetitionReward(new RepetitionOptions { WindowLength = 3 }).Score(request).Value!.Value, 12);
        Assert.Equal(4 / 7.0, windowsOnly.Parts["ngrams"], 12);
        Assert.Null(windowsOnly.Correct);
    }

    [Fact]
    public void ScoreAsync_Words_IgnoresTheTokenizerAndTheCase()
    {
        var reward = new RepetitionReward(new RepetitionOptions { WindowLength = 1, MaxPeriod = 0, Unit = RepetitionUnit.Words });

        Assert.Equal(-0.5, reward.Score(Requests.Of("Yes yes  NO\nno", tokens: 1)).Value);
    }

    [Theory]
    [InlineData(0, 16, 256)]
    [InlineData(0.1, 0, 256)]
    [InlineData(0.1, 16, -1)]
    public void Constructor_OutOfRange_IsRefused(double weight, int window, int period) => Assert.Throws<OptionsValidationException>(
        () => new RepetitionReward(new RepetitionOptions { Weight = weight, WindowLength = window, MaxPeriod = period }));

    [Fact]
    public void ScoreAsync_HostileTexts_StaysInRange()
    {
        var reward = new RepetitionReward(new RepetitionOptions { Unit = RepetitionUnit.Words });

        Assert.All(HostileTexts.All(), text => Assert.InRange(reward.Score(Requests.Of(text)).Value!.Value, -1, 0));
    }

    private static int[] Ids(string tokens) => [.. tokens.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
