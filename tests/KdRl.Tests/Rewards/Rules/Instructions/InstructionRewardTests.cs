using KdRl.Rewards;
using KdRl.TestSupport;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Rules;

public class InstructionRewardTests
{
    private static readonly InstructionReward Default = new();

    [Theory]
    [InlineData("no comma and [one] place", 1, true)]
    [InlineData("a comma, and [one] place", 0.5, false)]
    [InlineData("a comma, and no place", 0, false)]
    [InlineData("<think>a, b [x]</think>no comma", 0.5, false)] // The thoughts do not count.
    [InlineData("<think>a, b</think>\n<answer>no comma [x]</answer>\n", 1, true)]
    [InlineData("<think>no comma [x]", 0, false)] // Cut off: no answer.
    [InlineData("", 0, false)]
    [InlineData("  \n", 0, false)]
    public void ScoreAsync_Responses_EarnTheShareFollowed(string response, double expected, bool all)
    {
        var outcome = Default.Score(With(response));

        Assert.Equal((expected, all), (outcome.Value!.Value, outcome.Correct!.Value));
        Assert.Equal(["punctuation:no_comma", "detectable_content:number_placeholders"], outcome.Parts.Keys);
    }

    [Fact]
    public void ScoreAsync_Options_ChangeWhatIsEarned()
    {
        var all = new InstructionReward(new InstructionRewardOptions { Scoring = InstructionScoring.All });
        var loose = new InstructionReward(new InstructionRewardOptions { Loose = true });
        var longer = new InstructionReward(new InstructionRewardOptions { MinLength = 10 });

        Assert.Equal(0, all.Score(With("a, [x]")).Value);
        Assert.Equal(1, loose.Score(With("Sure, here:\n[x]")).Value);
        Assert.Equal(0, longer.Score(With("[x] short")).Value);
        Assert.Equal(1, longer.Score(With("[x] long enough")).Value);
        Assert.Throws<OptionsValidationException>(() => new InstructionReward(new InstructionRewardOptions { MinLength = 0 }));
    }

    [Fact]
    public void ScoreAsync_SameTypeTwice_NumbersTheParts()
    {
        var outcome = Default.Score(With("ab", """["keywords:existence","keywords:existence"]""", """[{"keywords":["a"]},{"keywords":["z"]}]"""));

        Assert.Equal(["keywords:existence", "keywords:existence#2"], outcome.Parts.Keys);
        Assert.Equal(0.5, outcome.Value);
    }

    [Theory]
    [InlineData("""["keywords:rhyme"]""", "[{}]", "keywords:rhyme")]
    [InlineData("""["punctuation:no_comma"]""", "[{},{}]", "one object an instruction")]
    [InlineData("""["punctuation:no_comma"]""", """[{"x":1}]""", "'x'")]
    [InlineData("[]", "[]", "no instructions")]
    [InlineData("{", "[]", "cannot be read")]
    [InlineData("""["punctuation:no_comma"]""", null, "kwargs")]
    public void ScoreAsync_InstructionsThatCannotBeRead_FailWithTheReason(string ids, string? arguments, string expected)
    {
        var outcome = Default.Score(With("x", ids, arguments));

        Assert.Equal((RewardStatus.Failed, null), (outcome.Status, outcome.Value));
        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ScoreAsync_PromptWithoutInstructions_DoesNotApply() => Assert.Equal(RewardStatus.NotApplicable, Default.Score(Requests.Of("x")).Status);

    [Fact]
    public void ReadFile_LineThatCannotBeRead_NamesFileAndLine()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllText(path, """
                {"key": 1, "prompt": "a", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}

                {"key": 2, "prompt": "b", "instruction_id_list": ["keywords:rhyme"], "kwargs": [{}]}
                """);

            var message = Assert.Throws<InvalidDataException>(() => InstructionPrompts.ReadFile(path)).Message;

            Assert.Contains($"{path}, line 3", message, StringComparison.Ordinal);
            Assert.Contains("keywords:rhyme", message, StringComparison.Ordinal);
        }
        finally { File.Delete(path); }
    }

    [SkippableFact]
    public void ReadFile_IfEval_ParsesAllInstructionsOfAllPrompts()
    {
        var prompts = InstructionPrompts.ReadFile(SharedData.Path("ifeval", "input_data.jsonl"));
        var ids = prompts.SelectMany(p => InstructionPrompts.InstructionsOf(p)!.Instructions).Select(i => i.Id).ToArray();

        Assert.Equal((541, 834), (prompts.Count, ids.Length));
        Assert.Equal(Instruction.KnownIds, ids.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal((66, 10, 52), (ids.Count(i => i == "punctuation:no_comma"), ids.Count(i => i == "detectable_format:constrained_response"), ids.Count(i => i == "length_constraints:number_sentences")));
    }

    /// <summary>Instructions followed strictly and loosely when each prompt is its own answer; counted by the published patterns in Python.</summary>
    private static readonly Dictionary<string, (int Strict, int Loose)> OwnAnswers = new()
    {
        ["combination:repeat_prompt"] = (33, 40),
        ["combination:two_responses"] = (21, 23),
        ["detectable_content:number_placeholders"] = (6, 6),
        ["detectable_content:postscript"] = (26, 26),
        ["detectable_format:constrained_response"] = (10, 10),
        ["detectable_format:json_format"] = (0, 0),
        ["detectable_format:multiple_sections"] = (3, 3),
        ["detectable_format:number_bullet_lists"] = (7, 7),
        ["detectable_format:number_highlighted_sections"] = (10, 10),
        ["detectable_format:title"] = (36, 36),
        ["keywords:existence"] = (39, 39),
        ["keywords:forbidden_words"] = (0, 8),
        ["keywords:frequency"] = (11, 13),
        ["keywords:letter_frequency"] = (11, 11),
        ["length_constraints:nth_paragraph_first_word"] = (0, 0),
        ["length_constraints:number_paragraphs"] = (6, 9),
        ["length_constraints:number_words"] = (13, 15),
        ["punctuation:no_comma"] = (21, 34),
        ["startend:end_checker"] = (13, 14),
        ["startend:quotation"] = (0, 2),
    };

    [SkippableFact]
    public void Check_IfEvalPromptsAsTheirOwnAnswers_CountsAsThePublishedPatternsDo()
    {
        var prompts = InstructionPrompts.ReadFile(SharedData.Path("ifeval", "input_data.jsonl"));
        var accuracy = InstructionAccuracy.Of([.. prompts.Select(p => InstructionPrompts.InstructionsOf(p)!.Check(p.Text!))]);

        Assert.All(OwnAnswers, expected =>
        {
            var (strict, loose, count) = accuracy.ByType[expected.Key];
            Assert.Equal(expected.Value, ((int)Math.Round(strict * count), (int)Math.Round(loose * count)));
        });
        Assert.Equal(834, accuracy.ByType.Values.Sum(t => t.Count));
        Assert.True(accuracy.PromptStrict <= accuracy.PromptLoose && accuracy.InstructionStrict <= accuracy.InstructionLoose);
        Assert.All(prompts, p => Assert.InRange(Default.Score(new RewardRequest(p, Requests.Of(p.Text!).Rollout)).Value!.Value, 0, 1));
    }

    private static RewardRequest With(
        string response, string ids = """["punctuation:no_comma","detectable_content:number_placeholders"]""", string? arguments = """[{},{"num_placeholders":1}]""")
    {
        var metadata = new Dictionary<string, string> { [InstructionPrompts.IdsKey] = ids };
        if (arguments is not null) metadata[InstructionPrompts.ArgumentsKey] = arguments;
        return Requests.Of(response, metadata: metadata);
    }
}
