using FsCheck;
using FsCheck.Xunit;
using KdRl.Curriculum;
using KdRl.Rewards;
using KdRl.Rollouts;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Curriculum.Thinking;

public class ModeLabelerTests
{
    [Theory]
    [InlineData(6, 8, ThinkingMode.Fast)]
    [InlineData(5, 8, ThinkingMode.Slow)]
    [InlineData(8, 8, ThinkingMode.Fast)]
    [InlineData(7, 7, ThinkingMode.Slow)]
    [InlineData(0, 0, ThinkingMode.Slow)]
    [InlineData(75, 100, ThinkingMode.Fast)]
    [InlineData(74, 100, ThinkingMode.Slow)]
    public void Label_FastAnswers_AreEnoughFromTheThresholdOn(int correct, int samples, ThinkingMode expected) =>
        Assert.Equal(expected, new ModeLabeler().Label(new ThinkingRecord(correct, samples, 0, 0)));

    [Property]
    public bool Label_TenthsAsThreshold_AreComparedExactly(byte tenths, byte samples)
    {
        var (tau, k) = (tenths % 10 + 1, samples % 100 + 1);
        var labeler = new ModeLabeler(new ThinkingModeOptions { FastPassRate = tau / 10m, MinSamples = 1 });

        return Enumerable.Range(0, k + 1).All(right => labeler.Label(new ThinkingRecord(right, k, 0, 0)) == (10 * right >= tau * k ? ThinkingMode.Fast : ThinkingMode.Slow));
    }

    [Theory]
    [InlineData(4, 8, ThinkingMode.Slow)]
    [InlineData(4, 5, ThinkingMode.Slow)]
    [InlineData(4, 4, ThinkingMode.Fast)]
    [InlineData(0, 0, ThinkingMode.Slow)]
    [InlineData(0, 8, ThinkingMode.Slow)]
    public void Label_MinSlowGain_AsksWhetherSlowThinkingPays(int fast, int slow, ThinkingMode expected) =>
        Assert.Equal(expected, new ModeLabeler(new ThinkingModeOptions { MinSlowGain = 0.125m }).Label(new ThinkingRecord(fast, 8, slow, 8)));

    [Fact]
    public void Label_BadCounts_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new ModeLabeler().Label(new ThinkingRecord(9, 8, 0, 0)));
        Assert.Throws<ArgumentException>(() => new ModeLabeler().Label(new ThinkingRecord(0, 8, -1, 0)));
        Assert.Throws<OptionsValidationException>(() => new ModeLabeler(new ThinkingModeOptions { FastPassRate = 0 }));
        Assert.Throws<OptionsValidationException>(() => new ModeLabeler(new ThinkingModeOptions { MinSamples = 0 }));
    }

    [Fact]
    public void Observe_Groups_AddUpByModeAndSurviveACheckpoint()
    {
        var records = new ThinkingRecords();
        records.Observe(Group(true, true, null, false), ThinkingMode.Fast);
        records.Observe(Group(true, false), ThinkingMode.Slow);
        records.Observe(Group(true), ThinkingMode.Fast);

        using var saved = new MemoryStream();
        records.Save(saved);
        saved.Position = 0;
        var loaded = new ThinkingRecords();
        loaded.Load(saved);

        Assert.Equal(new ThinkingRecord(3, 4, 1, 2), loaded.Of("q"));
        Assert.Equal(default, loaded.Of("other"));
        Assert.Throws<ArgumentException>(() => records.Observe(Group(true), ThinkingMode.Auto));
        Assert.Throws<InvalidDataException>(() => loaded.Load(new MemoryStream("no json"u8.ToArray())));
        Assert.Throws<InvalidDataException>(() => loaded.Load(new MemoryStream("""{ "q": { "FastCorrect": 2, "FastSamples": 1 } }"""u8.ToArray())));
    }

    [Fact]
    public void Example_OfAPrompt_IsTheShortestRightAnswerOfItsMode()
    {
        var data = new FusionData(new ModeLabeler(), ThinkingTemplate.QwenSuffix);
        var fast = new[] { Answer(true, 5), Answer(true, 3), Answer(false, 1), Answer(true, 3), Answer(true, 2, FinishReason.Length) };
        var slow = new[] { Answer(false, 9), Answer(true, 12) };

        var easy = data.Example(Prompt.FromText("q", "2+2?"), new ThinkingRecord(8, 8, 1, 2), fast, slow)!;
        var hard = data.Example(Prompt.FromText("q", "2+2?"), new ThinkingRecord(1, 8, 1, 2), fast, slow)!;

        Assert.Equal((ThinkingMode.Fast, "2+2? /no_think"), (easy.Mode, easy.Prompt.Text));
        Assert.Same(fast[1].Rollout, easy.Rollout);
        Assert.Equal((ThinkingMode.Slow, "2+2? /think"), (hard.Mode, hard.Prompt.Text));
        Assert.Same(slow[1].Rollout, hard.Rollout);
        Assert.Null(data.Example(Prompt.FromText("q", "2+2?"), new ThinkingRecord(0, 8, 0, 8), fast, [Answer(false, 4)]));
        Assert.Null(data.Example(Prompt.FromText("q", "2+2?"), new ThinkingRecord(0, 8, 0, 8), fast, null));
        Assert.Throws<ArgumentException>(() => data.Example(Prompt.FromText("other", "?"), default, fast, slow));
    }

    private static ScoredGroup Group(params bool?[] verdicts) => new(Prompt.FromText("q", "?"), [.. verdicts.Select(v => Answer(v, 1))]);

    private static ScoredRollout Answer(bool? correct, int tokens, FinishReason reason = FinishReason.Stop) => new(
        RewardRequest.Of(Prompt.FromText("q", "?"), "", [.. new int[tokens]], reason).Rollout,
        correct is { } right ? RewardOutcome.FromVerdict(right) : RewardOutcome.Unscored(RewardStatus.TimedOut, "late"));
}
