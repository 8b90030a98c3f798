using System.Text.Json.Nodes;
using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.TestSupport;
using KdRl.Training;

namespace KdRl.Tests.Training.Reporting;

[Collection("torch")]
public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Run_WithEverythingOn_LeavesWhatItPromises()
    {
        using var teacher = new ToyRun(seed: 5);
        using var toy = new ToyRun
        {
            Reward = Reward.Create("part", r => RewardOutcome.FromVerdict(r.Response == r.Prompt.Reference) with { Parts = new Dictionary<string, double> { ["form"] = 0.5 } }),
            Teacher = new ModelTeacher(teacher.Policy, teacher.Thread),
        };
        var options = ToyRun.Options(4, folder.Path);
        options.Objective = KdrlOptions.Kdrl(0.1);
        options.Evaluation.Every = 2;
        (options.Output.TensorBoard, options.Output.Report, options.Output.CompletionsEvery) = (true, true, 2);
        using var trainer = toy.Trainer(options);
        await foreach (var _ in trainer.RunAsync()) { }

        var metrics = new JsonLines(File("metrics.jsonl")).Read().ToArray();
        Assert.Equal([0, 1, 2, 3, 4], metrics.Select(m => m["step"]!.GetValue<long>()));
        string[] names =
        [
            "reward", "reward_std", "frac_reward_zero_std", "rewards/form/mean", "rewards/form/std", "loss", "grad_norm", "entropy", "completions/mean_length", "completions/clipped_ratio",
            "sampling/sampling_logp_difference/mean", "sampling/importance_sampling_ratio/max", "num_tokens", "step_time", "timing_s/generation", "tokens_per_second",
            "learning_rate", "beta", "distillation/mean_d", "distillation/k3", "skipped_updates", "policy_version",
        ];
        Assert.All(metrics.Skip(1), m => Assert.All(names, n => Assert.True(m.ContainsKey(n), n)));
        Assert.Equal([0, 2, 4], metrics.Where(m => m.ContainsKey("eval_accuracy")).Select(m => m["step"]!.GetValue<long>()));

        var completions = new JsonLines(File("completions.jsonl")).Read().ToArray();
        Assert.Equal([1, 1, 1, 1, 3, 3, 3, 3], completions.Select(c => c["step"]!.GetValue<int>()));
        Assert.Equal(8, completions.Select(c => (c["step"]!.GetValue<int>(), c["prompt_id"]!.GetValue<string>())).Distinct().Count());
        Assert.All(completions, c => Assert.Equal(c["tokens"]!.AsArray().Count, c["teacher_log_probs"]!.AsArray().Count));
        Assert.All(completions, c => Assert.Equal(0.5, c["parts"]!["form"]!.GetValue<double>()));

        var rewards = new JsonLines(File("rewards.jsonl")).Read().ToArray();
        Assert.Equal(Enumerable.Range(1, 4).SelectMany(step => Enumerable.Repeat(step, 16)), rewards.Select(r => r["step"]!.GetValue<int>()));
        Assert.All(rewards, r => Assert.Equal(0.5, r["parts"]!["form"]!.GetValue<double>()));
        Assert.Equal([0, 1, 2, 3], rewards.Take(4).Select(r => r["sample"]!.GetValue<int>()));

        var summary = JsonNode.Parse(System.IO.File.ReadAllText(File("summary.json")))!;
        Assert.Equal(4, summary["steps"]!.GetValue<int>());
        Assert.True(summary["is_finished"]!.GetValue<bool>());
        Assert.Equal(4, JsonNode.Parse(System.IO.File.ReadAllText(File("options.json")))!["Steps"]!.GetValue<int>());
        Assert.StartsWith("<!DOCTYPE html>", System.IO.File.ReadAllText(File("report.html")), StringComparison.Ordinal);
        Assert.True(new FileInfo(Assert.Single(Directory.GetFiles(File("tensorboard")))).Length > 1000);
        Assert.Equal([4], new CheckpointStore(File("checkpoints")).Steps);
    }

    public void Dispose() => folder.Dispose();

    private string File(string name) => Path.Combine(folder.Path, name);
}
