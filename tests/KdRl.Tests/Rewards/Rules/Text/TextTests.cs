using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rules;

public class TextTests
{
    private static readonly Arbitrary<string[]> Words = Gen.Elements("a", "b", "c", "d").ArrayOf().ToArbitrary();
    private static readonly Arbitrary<Tuple<string[], string[]>> Pairs = Gen.Elements("a", "b", "c", "d").ArrayOf().Two().Select(p => Tuple.Create(p.Item1, p.Item2)).ToArbitrary();

    [Theory]
    [InlineData("  The  Cat, sat!  ", TextFolding.Answer, "cat sat")]
    [InlineData("  The  Cat, sat!  ", TextFolding.Basic, "the cat, sat!")]
    [InlineData("  The  Cat, sat!  ", TextFolding.None, "  The  Cat, sat!  ")]
    [InlineData("ＡＢ　１", TextFolding.Basic, "ab 1")]
    [InlineData("-5", TextFolding.Answer, "-5")]
    [InlineData("3.14", TextFolding.Answer, "3.14")]
    [InlineData("-.5 and - 5", TextFolding.Answer, "-.5 and 5")]
    [InlineData("v1.2. x-1", TextFolding.Answer, "v1.2 x1")]
    [InlineData("$5", TextFolding.Answer, "5")]
    [InlineData("«Привет»", TextFolding.Answer, "привет")]
    [InlineData("a an the", TextFolding.Answer, "")]
    public void Normalise_Golden_RemovesWhatDoesNotCount(string text, TextFolding folding, string expected) =>
        Assert.Equal(expected, AnswerText.Normalise(text, folding));

    [Property]
    public Property Normalise_Twice_IsLikeOnce() => Prop.ForAll(HostileTexts.Short, text =>
    {
        var once = AnswerText.Normalise(text, TextFolding.Basic);
        return AnswerText.Normalise(once, TextFolding.Basic) == once;
    });

    [Theory]
    [InlineData("Paris", "paris", true)]
    [InlineData(" Paris ", "Paris", true)]
    [InlineData("Paris, France", "Paris", false)]
    [InlineData("", "", false)]
    [InlineData("5", "-5", false)]
    public void ExactMatch_Golden_ComparesNormalised(string answer, string reference, bool expected) => Assert.Equal(expected, ExactMatch.IsMatch(answer, reference));

    [Theory]
    [InlineData("B", 'B')]
    [InlineData("(b)", 'B')]
    [InlineData("**B.**", 'B')]
    [InlineData("B) Paris", 'B')]
    [InlineData("The answer is B.", 'B')]
    [InlineData("The answer is (c), not A.", 'C')]
    [InlineData("**Answer:** D", 'D')]
    [InlineData("Answer: $\\boxed{A}$", 'A')]
    [InlineData("\\boxed{\\text{C}} since (A) fails. The answer is C", 'C')]
    [InlineData("A was the answer, and B the question", null)]
    [InlineData("The answer is a number", null)]
    [InlineData("The answer is A good one", null)]
    [InlineData("The answer is E", null)] // Only four options.
    [InlineData("The answer is A. The answer is B.", null)]
    [InlineData("\\boxed{A} \\boxed{B}", null)]
    [InlineData("\\boxed{}, the answer is A", null)] // An empty box does not fall through.
    [InlineData("A or B", null)]
    [InlineData("answer", null)]
    [InlineData("", null)]
    public void Extract_Golden_TakesOneClearChoice(string answer, char? expected) => Assert.Equal(expected, MultipleChoice.Extract(answer, 4));

    [Theory]
    [InlineData("tom has 3 apples and buys 2 more", "tom has 5 apples and buys 2 more", 0.875)]
    [InlineData("tom has 3 apples and buys 2 more", "a train travels 60 miles in 2 hours", 0.125)]
    [InlineData("a b c d e f g h i j", "a b c d e f g x y z", 0.7)]
    [InlineData("a b c d e f g h i j", "a b c d e f g h y z", 0.8)]
    [InlineData("", "a", 0)]
    [InlineData("", "", 0)]
    public void LongestCommonSubsequence_Golden_IsTheF1(string candidate, string reference, double expected) =>
        Assert.Equal(expected, Rouge.LongestCommonSubsequence(candidate, reference).F1, 12);

    [Fact]
    public void NGrams_Golden_CountsEachMatchOnce()
    {
        // police killed the gunman / police kill the gunman: 3 of 4 words, 1 of 3 pairs (Lin 2004, section 3).
        Assert.Equal(new TextOverlap(0.75, 0.75), Rouge.NGrams("police kill the gunman", "police killed the gunman", 1));
        Assert.Equal(1 / 3.0, Rouge.NGrams("police kill the gunman", "police killed the gunman", 2).F1, 12);
        Assert.Equal(0.75, Rouge.LongestCommonSubsequence("police kill the gunman", "police killed the gunman").F1, 12);
        Assert.Equal(0.5, Rouge.LongestCommonSubsequence("the gunman kill police", "police killed the gunman").F1, 12);
        Assert.Equal(new TextOverlap(0.25, 1), Rouge.NGrams("the the the the", "the", 1)); // Clipped.
    }

    [Property]
    public Property LongestCommonSubsequence_AnyTokens_IsThatOfTheTable() => Prop.ForAll(Pairs, pair =>
    {
        var (a, b) = (pair.Item1, pair.Item2);
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
                table[i, j] = a[i - 1] == b[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        var expected = a.Length == 0 ? 0 : table[a.Length, b.Length] / (double)a.Length;
        return Math.Abs(expected - Rouge.LongestCommonSubsequence(a, b).Precision) < 1e-12;
    });

    [Fact]
    public void LongestCommonSubsequence_ManyBlocks_CarriesBetweenThem()
    {
        var random = new System.Random(1);
        string[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(20).ToString())];
        var (a, b) = (Tokens(300), Tokens(500));
        var table = new int[301, 501];
        for (var i = 1; i <= 300; i++)
            for (var j = 1; j <= 500; j++)
                table[i, j] = a[i - 1] == b[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);

        Assert.Equal(table[300, 500] / 300.0, Rouge.LongestCommonSubsequence(a, b).Precision, 12);
    }

    [Property]
    public Property NGrams_Swapped_SwapsPrecisionAndRecall() => Prop.ForAll(Pairs, Gen.Choose(1, 3).ToArbitrary(), (pair, n) =>
    {
        var (there, back) = (Rouge.NGrams(pair.Item1, pair.Item2, n), Rouge.NGrams(pair.Item2, pair.Item1, n));
        return there.Precision == back.Recall && there.Recall == back.Precision && there.F1 is >= 0 and <= 1;
    });

    [Property]
    public Property Rouge_OfItself_IsOne() => Prop.ForAll(Words, words =>
        words.Length < 2 || (Rouge.NGrams(words, words, 2).F1 == 1 && Rouge.LongestCommonSubsequence(words, words).F1 == 1));

    [Theory]
    [InlineData("the cat sat", "a cat sat down", 0.8)]
    [InlineData("Cat!", "cat", 1)]
    [InlineData("dog", "cat", 0)]
    [InlineData("the", "a", 1)] // Nothing is left of both.
    [InlineData("x", "a", 0)]
    public void TokenF1_Golden_IgnoresOrderCaseAndArticles(string candidate, string reference, double expected) =>
        Assert.Equal(expected, TokenF1.Score(candidate, reference), 12);

    [Property]
    public Property TokenF1_AnyWords_IsSymmetricAndIgnoresOrder() => Prop.ForAll(Pairs, pair =>
    {
        var (a, b) = (string.Join(' ', pair.Item1), string.Join(' ', pair.Item2));
        var score = TokenF1.Score(a, b);
        return score is >= 0 and <= 1 && score == TokenF1.Score(b, a) && score == TokenF1.Score(string.Join(' ', pair.Item1.Reverse()), b);
    });

    [Fact]
    public void Rewards_Answers_AreComparedAfterTheReasoning()
    {
        var request = Requests.Of("<think>A? B!</think>The answer is (B).", reference: "b");

        Assert.Equal(true, TextReward.MultipleChoice(4).Score(request).Correct);
        Assert.Equal(0, TextReward.ExactMatch().Score(request).Value);
        Assert.Equal(1, TextReward.ExactMatch().Score(Requests.Of("<think>x</think> B ", reference: "b")).Value);
        Assert.Equal(0, TextReward.ExactMatch().Score(Requests.Of("<think>b", reference: "<think>b")).Value); // Cut off: no answer.
        Assert.Equal(0.875, TextReward.RougeL().Score(Requests.Of("tom has 3 apples and buys 2 more", reference: "tom has 5 apples and buys 2 more")).Value!.Value, 12);
        Assert.Equal("rouge_2", TextReward.RougeN(2).Name);
        Assert.Null(TextReward.TokenF1().Score(request).Correct);
    }

    [Fact]
    public void Rewards_WithoutAUsableReference_DoNotScore()
    {
        Assert.Equal(RewardStatus.NotApplicable, TextReward.ExactMatch().Score(Requests.Of("x")).Status);
        Assert.Equal(RewardStatus.Failed, TextReward.MultipleChoice(2).Score(Requests.Of("x", reference: "C")).Status);
        Assert.Throws<ArgumentOutOfRangeException>(() => TextReward.MultipleChoice(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextReward.RougeN(0));
    }

    [Fact]
    public void Rewards_HostileTexts_ScoreInRange()
    {
        IReward[] rewards = [TextReward.ExactMatch(TextFolding.Answer), TextReward.MultipleChoice(26), TextReward.RougeN(2), TextReward.RougeL(), TextReward.TokenF1()];

        Assert.All(HostileTexts.All(), text => Assert.All(rewards, reward => Assert.InRange(reward.Score(Requests.Of(text, reference: "B")).Value!.Value, 0, 1)));
    }
}
