using KdRl.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

/// <summary>
/// A causal model written as a user would write it, operators and all: each token sees the mean of the embeddings up to it,
/// and the head is tied to the embedding.
/// </summary>
internal sealed class TinyCausalModel : nn.Module, ICausalModel
{
    private readonly Embedding embedding;
    private readonly Embedding position;
    private readonly Linear inner;
    private readonly LayerNorm norm;

    public TinyCausalModel(int vocabulary = 18, int width = 16, long seed = 1, ScalarType dtype = ScalarType.Float32) : base("tiny")
    {
        manual_seed(seed);
        embedding = nn.Embedding(vocabulary, width);
        position = nn.Embedding(64, width);
        inner = nn.Linear(width, width);
        norm = nn.LayerNorm(width);
        RegisterComponents();
        this.to(dtype);
    }

    public Tensor OutputWeight => embedding.weight!;

    public int Calls { get; private set; }

    public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention)
    {
        Calls++;
        var x = embedding.call(ids) + position.call(positions) * 0.5;
        var mean = x.cumsum(1) / (positions + 1).unsqueeze(-1).to(x.dtype);
        return norm.call(mean + inner.call(x).tanh() * 2);
    }
}
