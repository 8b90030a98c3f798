using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

[Collection("torch")]
public class CausalLMTests
{
    private static readonly TransformerConfig Small = new()
    {
        HiddenSize = 32, IntermediateSize = 48, Layers = 2, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = 11, TieWordEmbeddings = true,
    };

    [Fact]
    public void Create_SameSeed_SameWeights()
    {
        using var scope = NewDisposeScope();
        using CausalLM a = CausalLM.Create(Small, 7), b = CausalLM.Create(Small, 7), c = CausalLM.Create(Small, 8);
        Assert.All(a.parameters().Zip(b.parameters()), pair => Assert.True(pair.First.data<float>().SequenceEqual(pair.Second.data<float>())));
        Assert.False(a.OutputWeight.data<float>().SequenceEqual(c.OutputWeight.data<float>()));
    }

    [Fact]
    public void Create_InsideAScope_OutlivesIt()
    {
        CausalLM model;
        using (NewDisposeScope()) model = CausalLM.Create(Small, 1);
        using (model)
        {
            using var scope = NewDisposeScope();
            Assert.All(model.parameters(), p => Assert.False(p.IsInvalid));
            Assert.Equal([1, 3, 32], model.Hidden(tensor(new long[,] { { 1, 2, 3 } }), tensor(new long[,] { { 0, 1, 2 } }), null).shape);
        }
    }
}
