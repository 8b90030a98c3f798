using KdRl.Examples.PostTrain;
using KdRl.Tensors;
using KdRl.Transformers;

namespace KdRl.Examples.Tests.PostTrain;

/// <summary>The real program on tiny models made here.</summary>
[Collection("torch")]
public sealed class PostTrainRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("grpo")]
    [InlineData("kd-rkl")]
    [InlineData("kdrl")]
    [InlineData("kdrl-annealed")]
    [InlineData("kdrl-masked")]
    [InlineData("kdrl-group-masked")]
    public async Task Main_EachMethod_LeavesALoadableModelAndAReport(string method)
    {
        var (student, teacher) = (Save("student", "abc;", 1), Save("teacher", "abc;", 2));
        var output = Path.Combine(folder, method);
        string[] withTeacher = method == "grpo" ? [] : ["--teacher", teacher];
        Assert.Equal(0, await RunAsync(
            ["--student", student, .. withTeacher, "--prompts", Prompts(), "--reward", "contains", "--method", method, "--output", output, "--lr", "1e-3"]));
        Assert.True(File.Exists(Path.Combine(output, "report.html")));
        foreach (var saved in new[] { Path.Combine(output, "model"), Path.Combine(output, "checkpoints", "step-2") })
        {
            using var trained = CausalLM.FromPretrained(saved);
            Assert.Equal(4, Tokenizer.FromPretrained(saved).VocabularySize);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Main_LoraWithReference_LeavesTheAdapterOrTheModelWithIt(bool merge)
    {
        var (student, output) = (Save("student", "abc;", 1), Path.Combine(folder, "lora"));
        string[] merges = merge ? ["--lora-merge"] : [];
        Assert.Equal(0, await RunAsync(
            ["--student", student, "--teacher", Save("teacher", "abc;", 2), "--prompts", Prompts(), "--reward", "contains", "--output", output, "--lr", "1e-2",
                "--lora-rank", "2", "--lora-targets", "q_proj", "down_proj", "--reference-kl", "0.01", .. merges]));
        Assert.Equal(4, Tokenizer.FromPretrained(Path.Combine(output, "model")).VocabularySize);
        using var model = CausalLM.FromPretrained(student);
        using (var adapter = LoraAdapter.FromPretrained(model, Path.Combine(output, "checkpoints", "step-2")))
        {
            Assert.Equal((2, 4.0), (adapter.Options.Rank, adapter.Options.Alpha));
            Assert.Equal(["q_proj", "down_proj"], adapter.Options.TargetModules);
            if (merge) adapter.Merge();
        }
        if (!merge)
        {
            LoraAdapter.FromPretrained(model, Path.Combine(output, "model")).Dispose();
            return;
        }
        using var merged = CausalLM.FromPretrained(Path.Combine(output, "model"));
        foreach (var (expected, found) in model.parameters().Zip(merged.parameters())) Assert.Equal(expected.detach().bytes.ToArray(), found.detach().bytes.ToArray());
    }

    [Fact]
    public async Task Main_LoraTargetsWithoutRank_AreRefused()
    {
        var errors = await FailAsync(["--student", Save("student", "abc;", 1), "--reward", "contains", "--lora-targets", "q_proj"]);
        Assert.Contains("--lora-rank", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Main_TeacherWithOtherTokens_IsRefusedByTheFirstDifference()
    {
        var errors = await FailAsync(["--student", Save("student", "abc;", 1), "--teacher", Save("teacher", "acb;", 2), "--reward", "contains"]);
        Assert.Contains("token 1 is 'b' to the student and 'c' to the teacher", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Main_TeacherForGrpo_IsRefused()
    {
        var errors = await FailAsync(
            ["--student", Save("student", "abc;", 1), "--teacher", Save("teacher", "abc;", 2), "--reward", "contains", "--method", "grpo"]);
        Assert.Contains("grpo asks no teacher", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Main_DistillationWithoutTeacher_IsRefused()
    {
        var errors = await FailAsync(["--student", Save("student", "abc;", 1), "--reward", "contains", "--method", "kdrl"]);
        Assert.Contains("kdrl needs a teacher", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Main_PromptsWithoutWhatTheRewardReads_AreRefused()
    {
        var errors = await FailAsync(["--student", Save("student", "abc;", 1), "--reward", "story-words"]);
        Assert.Contains("'words' is missing", errors, StringComparison.Ordinal);
    }

    private async Task<string> FailAsync(string[] arguments)
    {
        var (before, errors) = (Console.Error, new StringWriter());
        Console.SetError(errors);
        try
        {
            Assert.Equal(1, await RunAsync([.. arguments, "--prompts", Prompts(), "--output", Path.Combine(folder, "refused")]));
        }
        finally
        {
            Console.SetError(before);
        }
        return errors.ToString();
    }

    private static Task<int> RunAsync(string[] arguments) => PostTrainCommand.Create().Parse(
        [.. arguments, "--steps", "2", "--prompts-per-step", "2", "--group-size", "2", "--max-tokens", "6", "--threads", "1"]).InvokeAsync();

    private string Prompts()
    {
        var path = Path.Combine(folder, "prompts.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, 20).Select(i => $$"""{"prompt": "{{"abc"[i % 3]}}{{"abc"[i / 3 % 3]}}", "reference": "a"}"""));
        return path;
    }

    private string Save(string name, string alphabet, long seed)
    {
        var path = Path.Combine(folder, name);
        var tokenizer = Tokenizer.FromCharacters(alphabet, endToken: ";");
        using var thread = new TorchThread();
        using var model = CausalLM.Create(
            new TransformerConfig
            {
                HiddenSize = 16, IntermediateSize = 32, Layers = 1, AttentionHeads = 2, VocabularySize = tokenizer.VocabularySize,
                EosTokenIds = [tokenizer.EosTokenId!.Value], MaxPositions = 32, TieWordEmbeddings = true,
            },
            seed);
        thread.RunAsync(() =>
        {
            model.SavePretrained(path);
            tokenizer.Save(path);
        }).GetAwaiter().GetResult();
        return path;
    }
}
