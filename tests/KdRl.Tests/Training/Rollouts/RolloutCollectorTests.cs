using System.Runtime.CompilerServices;
using KdRl.Distillation;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Training;

namespace KdRl.Tests.Training.Rollouts;

public class RolloutCollectorTests
{
    // A prompt's id says how its two completions score.
    private static readonly IReward Reward = KdRl.Rewards.Reward.Create("scripted", r => RewardOutcome.Scored(r.Prompt.Id[r.Rollout.CompletionTokens[0]] - '0'));

    [Fact]
    public async Task CollectAsync_ConstantGroups_AreReplacedInOrder()
    {
        var (step, seeds) = await Collect(["01a", "11a", "00a", "10b", "11b", "01c"], prompts: 3, rounds: 5);

        Assert.Equal(["01a", "10b", "01c"], step.Groups.Select(g => g.Prompt.Id));
        Assert.Equal((6, 2), (step.Drawn.Count, step.RefillRounds));
        Assert.Equal(0.5, step.ConstantShare);
        Assert.Equal((0.5 + 1 + 0 + 0.5 + 1 + 0.5) / 6, step.DrawnReward, 12);
        Assert.Equal([0, 1, 2], seeds);
    }

    [Fact]
    public async Task CollectAsync_RoundsUsedUp_FillsWithTheFirstConstantGroups()
    {
        var (step, _) = await Collect(["11a", "01a", "11b", "00c", "11d"], prompts: 3, rounds: 1);

        Assert.Equal(["01a", "11a", "11b"], step.Groups.Select(g => g.Prompt.Id));
        Assert.Equal((5, 1), (step.Drawn.Count, step.RefillRounds));
    }

    [Fact]
    public async Task CollectAsync_NoRefill_KeepsTheOrderOfThePrompts()
    {
        var (step, _) = await Collect(["11a", "01a", "00b"], prompts: 3, rounds: 0);

        Assert.Equal(["11a", "01a", "00b"], step.Groups.Select(g => g.Prompt.Id));
        Assert.Equal(0, step.RefillRounds);
    }

    [Fact]
    public async Task CollectAsync_TeacherOfOtherLength_IsNamed()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Collect(["01a"], 1, 0, new ShortTeacher()));

        Assert.Contains("The teacher gave 0 log-probs for a completion of 1 tokens", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CollectAsync_EngineSkipsAPrompt_IsNamed()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Collect(["01a", "-"], 2, 0));

        Assert.Contains("1 groups; expected 2", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<(CollectedStep Step, List<long> Seeds)> Collect(string[] ids, int prompts, int rounds, ITeacher? teacher = null)
    {
        var engine = new Engine();
        var collector = new RolloutCollector(engine, new RewardScorer(Reward, 2), hasReward: true, rounds);
        var step = await collector.CollectAsync(
            (taken, count) => [.. ids.Skip(taken).Take(count).Select(id => Prompt.FromText(id, "x"))], prompts,
            round => new SamplingOptions { GroupSize = 2, Seed = round }, new Annotators(teacher, null, null), default);
        return (step, engine.Seeds);
    }

    private sealed class Engine : IRolloutEngine
    {
        public long PolicyVersion { get; set; }

        public List<long> Seeds { get; } = [];

        public async IAsyncEnumerable<RolloutGroup> GenerateAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, [EnumeratorCancellation] CancellationToken ct)
        {
            Seeds.Add(options.Seed);
            foreach (var prompt in prompts.Where(p => p.Id != "-"))
            {
                await Task.Yield();
                yield return new RolloutGroup(prompt, [.. Enumerable.Range(0, options.GroupSize).Select(j => new Rollout
                {
                    PromptId = prompt.Id, PromptTokens = [1], CompletionTokens = [j], LogProbs = [-1], FinishReason = FinishReason.Stop, PolicyVersion = 0, Text = "",
                })]);
            }
        }
    }

    private sealed class ShortTeacher : ITeacher
    {
        public Task<IReadOnlyList<float[]>> LogProbsAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<float[]>>([.. rollouts.Select(_ => Array.Empty<float>())]);
    }
}
