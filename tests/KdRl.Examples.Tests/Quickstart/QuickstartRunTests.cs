using System.Text.Json.Nodes;
using KdRl.Examples.Quickstart;
using KdRl.Examples.Quickstart.Preparation;
using KdRl.Objectives;
using KdRl.Tensors;
using KdRl.Transformers;

namespace KdRl.Examples.Tests.Quickstart;

/// <summary>The real program with models that were taught nothing, so that it takes seconds.</summary>
[Collection("torch")]
public sealed class QuickstartRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("kdrl")]
    [InlineData("grpo")]
    public async Task Main_Method_LeavesARunFolderAndASummary(string method)
    {
        await PrepareAsync();
        var output = Path.Combine(folder, method);
        Assert.Equal(0, await QuickstartCommand.Create().Parse(
            ["--method", method, "--teacher", "imperfect", "--seed", "5", "--steps", "2", "--output", output, "--prepared", folder, "--threads", "1"]).InvokeAsync());

        var summary = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "summary.json")))!;
        string[] named = ["start_accuracy", "teacher_accuracy", "final_accuracy", "steps", "seconds", "peak_rss_mb", "method", "seed"];
        Assert.All(named, name => Assert.NotNull(summary[name]));
        Assert.Equal((method, 5L, 2), ((string?)summary["method"], (long?)summary["seed"], (int?)summary["steps"]));
        Assert.True((double)summary["response_tokens_per_second"]! > 0);
        string[] files = ["options.json", "metrics.jsonl", "completions.jsonl", "report.html", Path.Combine("final", "model.safetensors")];
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(output, file)), file));
        Assert.Equal(method, RunSummary.Load(output)!.Method);
    }

    [Fact]
    public void Objective_EachMethod_IsAccepted() =>
        Assert.All(Methods.Names.Select(Methods.Get).Where(m => m.Objective is not null), m => Assert.NotNull(new KdrlObjective(m.Objective!(100))));

    [Fact]
    public async Task Main_FinishedFolderOrTeacherWithoutRightAnswers_IsRefused()
    {
        await PrepareAsync();
        string[] arguments = ["--teacher", "imperfect", "--seed", "5", "--steps", "2", "--prepared", folder, "--threads", "1"];
        Assert.Equal(1, await QuickstartCommand.Create().Parse([.. arguments, "--method", "sft", "--output", Path.Combine(folder, "sft")]).InvokeAsync());
        string[] again = [.. arguments, "--output", Path.Combine(folder, "again")];
        Assert.Equal(0, await QuickstartCommand.Create().Parse(again).InvokeAsync());
        Assert.Equal(1, await QuickstartCommand.Create().Parse(again).InvokeAsync());
    }

    [Fact]
    public async Task EnsureAsync_FolderOfAnotherSeed_IsRefused()
    {
        await PrepareAsync();
        using var thread = new TorchThread();
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => PreparedModels.EnsureAsync(folder, 6, [Teachers.Good], thread, default));
        Assert.Contains("seed 5", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestoreAsync_ChangedWeights_AreAsTheyWere()
    {
        using var thread = new TorchThread();
        using var model = CausalLM.Create(Models.Student, seed: 1);
        using var snapshot = new WeightSnapshot(model, thread);
        await snapshot.TakeAsync();
        var before = Sum(model);
        await thread.RunAsync(() =>
        {
            using var noGradient = TorchSharp.torch.no_grad();
            foreach (var parameter in model.parameters()) parameter.add_(1);
        });
        Assert.NotEqual(before, Sum(model));
        await snapshot.RestoreAsync();
        Assert.Equal(before, Sum(model));
    }

    [Theory]
    [InlineData("--compare", "--method", "kdrl")]
    [InlineData("--seeds", "3")]
    [InlineData("--method", "ppo")]
    [InlineData("--steps", "0")]
    public void Parse_OptionWithoutEffectOrSense_IsAnError(params string[] arguments) =>
        Assert.NotEmpty(QuickstartCommand.Create().Parse(arguments).Errors);

    private static double Sum(CausalLM model) => model.parameters().Sum(p => p.sum().item<float>());

    private async Task PrepareAsync()
    {
        using var thread = new TorchThread();
        using var student = CausalLM.Create(Models.Student, seed: 1);
        using var teacher = CausalLM.Create(Models.Teacher, seed: 2);
        await PreparedModels.KeepAsync(student, Path.Combine(folder, "student"), thread);
        await PreparedModels.KeepAsync(teacher, Path.Combine(folder, "teacher-imperfect"), thread);
        new PreparedReport
        {
            Seed = 5, StartAccuracy = 0, StartAnswerTokens = 30, TeacherAccuracy = new Dictionary<string, double> { ["imperfect"] = 0 },
        }.Save(folder);
    }
}
