using KdRl.Rollouts;

namespace KdRl.Transformers.Tests.Checkpoints;

[Collection("torch")]
public sealed class GenerationJsonTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kdrl-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private SamplingOptions? Suggested(string? json)
    {
        using (var fresh = CausalLM.Create(new() { HiddenSize = 4, IntermediateSize = 4, Layers = 1, AttentionHeads = 1, VocabularySize = 9 }, 1)) fresh.SavePretrained(directory);
        if (json is not null) File.WriteAllText(Path.Combine(directory, "generation_config.json"), json);
        using var model = CausalLM.FromPretrained(directory);
        return model.SuggestedSampling();
    }

    [Theory]
    [InlineData("""{"do_sample":true,"temperature":0.6,"top_p":0.95,"top_k":20,"min_p":0.1,"max_new_tokens":7,"eos_token_id":[3,4],"repetition_penalty":1.0}""", 0.6, 20, 0.95, 0.1, 7)]
    [InlineData("""{"do_sample":true}""", 1.0, 50, 1.0, 0.0, 512)]
    [InlineData("""{"temperature":0.6,"top_p":0.9}""", 0.0, 0, 1.0, 0.0, 512)]
    public void SuggestedSampling_File_SaysHowToDraw(string json, double temperature, int topK, double topP, double minP, int most)
    {
        var options = Suggested(json)!;
        Assert.Equal((temperature, topK, topP, minP, most, 1), (options.Temperature, options.TopK, options.TopP, options.MinP, options.MaxNewTokens, options.GroupSize));
        Assert.Equal(json.Contains("eos", StringComparison.Ordinal) ? [3, 4] : null, options.StopTokens);
    }

    [Theory]
    [InlineData("repetition_penalty", "1.05")]
    [InlineData("num_beams", "4")]
    [InlineData("no_repeat_ngram_size", "3")]
    [InlineData("suppress_tokens", "[1]")]
    [InlineData("do_sample", "1")]
    [InlineData("top_k", "1.5")]
    public void SuggestedSampling_UnsupportedField_IsRefusedByName(string field, string value)
    {
        var json = field == "do_sample" ? $$"""{"do_sample":{{value}}}""" : $$"""{"do_sample":true,"{{field}}":{{value}}}""";
        var message = Assert.Throws<InvalidDataException>(() => Suggested(json)).Message;
        Assert.Contains(field, message, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(directory, "generation_config.json"), message, StringComparison.Ordinal);
    }

    [Fact]
    public void SuggestedSampling_NoFile_IsNull() => Assert.Null(Suggested(null));
}
