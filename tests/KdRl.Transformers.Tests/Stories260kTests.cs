using System.Text.Json;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.TestSupport;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests;

[Collection("torch")]
public class Stories260kTests
{
    private static JsonElement Expected() => JsonDocument.Parse(File.ReadAllText(SharedData.Path("stories260k", "expected.json"))).RootElement;

    private static T[] Values<T>(JsonElement json, string name) => json.GetProperty(name).Deserialize<T[]>()!;

    [SkippableFact]
    public async Task GenerateAsync_GreedyFromBos_GivesThePublishedTokens()
    {
        var directory = SharedData.Path("stories260k");
        var expected = Values<int>(Expected(), "greedy_from_bos_200");
        using var model = CausalLM.FromPretrained(directory);
        using var thread = new TorchThread();
        var engine = new SamplingEngine(model, Tokenizer.FromPretrained(directory), thread);
        var options = new SamplingOptions { GroupSize = 1, Temperature = 0, MaxNewTokens = 200 };
        var groups = await engine.GenerateAsync([Prompt.FromText("empty", "")], options, default).ToListAsync();
        var rollout = groups.Single().Rollouts.Single();
        Assert.Equal(expected, rollout.PromptTokens.Concat(rollout.CompletionTokens).ToArray());
        Assert.Equal(FinishReason.Length, rollout.FinishReason);
    }

    [SkippableFact]
    public void Hidden_OfTheSentence_GivesThePublishedLogProbs()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.FromPretrained(SharedData.Path("stories260k"));
        var ids = Values<long>(Expected(), "ids");
        var mask = ones(1, ids.Length, dtype: ScalarType.Bool);
        mask[0, 0] = false;
        var scores = SequenceScorer.Score(model, tensor(ids).unsqueeze(0), mask).LogProbs.detach().data<float>().ToArray();
        var expected = Values<double>(Expected(), "log_probs_of_ids_1_to_n");
        Assert.Equal(31, expected.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], scores[i + 1], 1e-4);
    }

    [SkippableFact]
    public void Encode_ExpectedTexts_GivesTheExpectedIds()
    {
        var tokenizer = Tokenizer.FromPretrained(SharedData.Path("stories260k"));
        var lines = File.ReadLines(SharedData.Path("stories260k", "expected_ids.jsonl")).Where(line => line.Length > 0).ToList();
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var json = JsonDocument.Parse(line).RootElement;
            var text = json.GetProperty("text").GetString()!;
            Assert.Equal(Values<int>(json, "ids"), tokenizer.Encode(text));
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [SkippableFact]
    public void SavePretrained_LoadedAgain_IsEqualBitForBit()
    {
        using var scope = NewDisposeScope();
        var directory = SharedData.Path("stories260k");
        var copy = Directory.CreateTempSubdirectory("kdrl-").FullName;
        try
        {
            using var model = CausalLM.FromPretrained(directory);
            model.Tokenizer = Tokenizer.FromPretrained(directory);
            model.SavePretrained(copy);
            Assert.Equal(RawTensors(directory), RawTensors(copy));
            foreach (var name in new[] { "tokenizer.json", "tokenizer_config.json", "generation_config.json" })
                Assert.Equal(File.ReadAllBytes(Path.Combine(directory, name)), File.ReadAllBytes(Path.Combine(copy, name)));
            using var again = CausalLM.FromPretrained(copy);
            var (ids, positions) = (arange(64, dtype: ScalarType.Int64).unsqueeze(0), arange(64, dtype: ScalarType.Int64).unsqueeze(0));
            var (a, b) = (model.Hidden(ids, positions, null).detach(), again.Hidden(ids, positions, null).detach());
            Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
            Assert.Equal(model.Config.EosTokenIds, again.Config.EosTokenIds);
            Assert.Empty(Directory.GetFiles(copy, "*.tmp"));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>Name, type, shape and bytes of each tensor, read without the library.</summary>
    private static SortedDictionary<string, string> RawTensors(string directory)
    {
        var file = File.ReadAllBytes(Path.Combine(directory, "model.safetensors"));
        var start = 8 + (int)BitConverter.ToInt64(file);
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tensor in JsonDocument.Parse(file.AsMemory(8, start - 8)).RootElement.EnumerateObject().Where(p => p.Name != "__metadata__"))
        {
            var offsets = Values<int>(tensor.Value, "data_offsets");
            result.Add(tensor.Name, $"{tensor.Value.GetProperty("dtype")} {tensor.Value.GetProperty("shape")} {Convert.ToHexString(file.AsSpan(start + offsets[0], offsets[1] - offsets[0]))}");
        }
        return result;
    }
}
