using KdRl.Examples.PostTrain.Prompts;
using KdRl.Examples.PostTrain.Rewards;
using KdRl.Rollouts;

namespace KdRl.Examples.Tests.PostTrain;

public sealed class StoryWordsRewardTests
{
    private static readonly StoryRule Rule = new(["ball", "tree"], 4, 8);

    [Theory]
    [InlineData("The ball hit a tree.", true, 1, 1, 1)]
    [InlineData("The balls hit two Trees!", true, 1, 1, 1)]
    [InlineData("He said: \"Ball and tree.\"", true, 1, 1, 1)]
    [InlineData("The ballet hit a tree.", true, 0.5, 1, 1)]
    [InlineData("The ball hit a tree", true, 1, 0, 1)]
    [InlineData("The ball hit a tree.", false, 1, 0, 1)]
    [InlineData("Ball, tree, hello.", true, 1, 1, 0.5)]
    [InlineData("Tree.", true, 0.5, 1, 0)]
    [InlineData("ball tree a b c d e f g h i j.", true, 1, 1, 0.5)]
    [InlineData("", true, 0, 0, 0)]
    public void Score_Story_HasItsParts(string story, bool finished, double words, double ending, double length)
    {
        var outcome = StoryWordsReward.Score(Rule, story, finished);
        Assert.Equal((words, ending, length), (outcome.Parts["words"], outcome.Parts["ending"], outcome.Parts["length"]));
        Assert.Equal(0.5 * words + 0.25 * ending + 0.25 * length, outcome.Value!.Value, 12);
        Assert.Equal(words == 1 && ending == 1 && length == 1, outcome.Correct);
    }

    [Fact]
    public void Make_Prompts_AreDifferentCarryTheRuleAndNameItsWords()
    {
        var prompts = StoryPrompts.Make(WordList.Read(WordList.DefaultPath), 300, seed: 1, minWords: 10, maxWords: 60);
        Assert.Equal(300, prompts.Select(p => p.Text).Distinct().Count());
        foreach (var prompt in prompts)
        {
            var rule = StoryRule.Of(prompt);
            Assert.Equal((10, 60), (rule.MinWords, rule.MaxWords));
            Assert.All(rule.Words, w => Assert.Contains(w, prompt.Text!, StringComparison.Ordinal));
        }
        Assert.Equal(prompts.Select(p => p.Text), StoryPrompts.Make(WordList.Read(WordList.DefaultPath), 300, 1, 10, 60).Select(p => p.Text));
    }

    [Fact]
    public void Make_TooManyPrompts_IsRefused()
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, WordList.Kinds.SelectMany(k => new[] { $"{k} one", $"{k} two" }));
        Assert.Throws<ArgumentException>(() => StoryPrompts.Make(WordList.Read(path), 1000, 1, 10, 60));
    }

    [Theory]
    [InlineData("thing")]
    [InlineData("thing two words")]
    [InlineData("colour red")]
    public void Read_BadWordLine_NamesItsPlace(string line)
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, ["# comment", "thing ball", line]);
        Assert.Contains("line 3", Assert.Throws<InvalidDataException>(() => WordList.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_PromptWithoutRule_IsRefusedByName()
    {
        var prompt = Prompt.FromText("p7", "Once");
        Assert.Contains("p7", Assert.Throws<ArgumentException>(() => RewardCatalog.Create("story-words", [prompt])).Message, StringComparison.Ordinal);
        Assert.Contains("p7", Assert.Throws<ArgumentException>(() => RewardCatalog.Create("contains", [prompt])).Message, StringComparison.Ordinal);
        Assert.Contains("story-words", Assert.Throws<ArgumentException>(() => RewardCatalog.Create("nothing", [prompt])).Message, StringComparison.Ordinal);
    }
}
