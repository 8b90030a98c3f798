using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rules;

/// <summary>Ten times the response takes at most ten times the memory, whether it repeats itself or never says a word twice.</summary>
public class GrowthTests
{
    private const int Words = 500;

    public static TheoryData<string> Kinds => [.. Rewards.Keys];

    private static Dictionary<string, IReward> Rewards { get; } = new()
    {
        ["think"] = FormatReward.Think(),
        ["boxed"] = FormatReward.Boxed(),
        ["repetition of tokens"] = new RepetitionReward(),
        ["repetition of words"] = new RepetitionReward(new RepetitionOptions { Unit = RepetitionUnit.Words }),
        ["soft overlong"] = new SoftOverlongReward(new SoftOverlongOptions { MaxLength = 8192, Buffer = 1024 }),
        ["language"] = new LanguageConsistencyReward(),
        ["exact match"] = TextReward.ExactMatch(),
        ["multiple choice"] = TextReward.MultipleChoice(4),
        ["ROUGE-2"] = TextReward.RougeN(2),
        ["ROUGE-L"] = TextReward.RougeL(),
        ["token F1"] = TextReward.TokenF1(),
        ["mathematics"] = new MathReward(),
        ["MARS"] = new MarsReward(new MarsRewards { Verifiers = { ["math"] = new MathReward() }, Format = FormatReward.Think(), Auxiliaries = { ["repetition"] = new RepetitionReward() } }),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ScoreAsync_TenTimesTheResponse_AllocatesTenTimesAtMost(string kind)
    {
        foreach (var distinct in new[] { false, true })
        {
            // A list that doubles has the most memory to spare just after a power of two, which lies somewhere between a length and its double.
            var aWord = Enumerable.Range(0, 21).Select(i => Words + i * Words / 20).Max(words => Allocated(Rewards[kind], Response(words, distinct)) / (double)words);
            var tenTimes = Allocated(Rewards[kind], Response(10 * Words, distinct));
            Assert.True(tenTimes <= 10 * Words * aWord, $"{aWord} bytes a word for {Words} words, {tenTimes} for ten times as many, all different: {distinct}");
        }
    }

    private static long Allocated(IReward reward, RewardRequest request)
    {
        // What is made once, such as a table of instructions, does not count.
        reward.Score(request);
        var before = GC.GetAllocatedBytesForCurrentThread();
        reward.Score(request);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Half of the words are thoughts.</summary>
    private static RewardRequest Response(int words, bool distinct)
    {
        var half = string.Concat(Enumerable.Range(0, words / 2).Select(i => $"word{(distinct ? i : i % 20):0000} "));
        int[] tokens = [.. Enumerable.Range(0, words).Select(i => distinct ? i : i % 20)];
        var request = Requests.Of($@"<think>{half}</think>{half} \boxed{{42}}", tokens);
        return new RewardRequest(request.Prompt with { Task = "math", Reference = "42" }, request.Rollout);
    }
}
