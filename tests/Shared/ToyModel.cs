using KdRl.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.TestSupport;

/// <summary>A causal model of a few hundred parameters: the hidden state of a token sees the token, the one before it and its position.</summary>
internal sealed class ToyModel : nn.Module, IPretrainedModel
{
    private readonly Parameter current, previous, position, head;

    public ToyModel(int vocabulary, int width = 16, int maxLength = 32, long seed = 1) : base(nameof(ToyModel))
    {
        using var generator = new Generator((ulong)seed);
        current = new Parameter(Init(vocabulary, width));
        previous = new Parameter(Init(vocabulary, width));
        position = new Parameter(Init(maxLength, width));
        head = new Parameter(Init(vocabulary, width));
        RegisterComponents();

        Tensor Init(int rows, int columns) => randn([rows, columns], generator: generator).mul_(0.3);
    }

    public Tensor OutputWeight => head;

    public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention)
    {
        var (rows, length) = (ids.shape[0], ids.shape[1]);
        var before = cat([zeros([rows, 1], dtype: ScalarType.Int64), ids.narrow(1, 0, length - 1)], 1);
        return Look(current, ids).add(Look(previous, before)).add(Look(position, positions)).tanh();
    }

    public void SavePretrained(string directory) => save(Path.Combine(directory, "toy.dat"));

    private static Tensor Look(Tensor table, Tensor index) =>
        table.index_select(0, index.reshape(-1)).reshape(index.shape[0], index.shape[1], table.shape[1]);
}
