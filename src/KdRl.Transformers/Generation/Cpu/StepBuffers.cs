using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>What a decoding step writes between products, used again at each layer and step.</summary>
/// <typeparam name="T">A number of the model in memory.</typeparam>
internal sealed class StepBuffers<T> : IDisposable where T : unmanaged
{
    private readonly List<Tensor> views = [];

    /// <param name="config">The model.</param>
    /// <param name="type">Number type of <typeparamref name="T"/>.</param>
    /// <param name="rows">Rows there is room for.</param>
    /// <param name="lanes">Number of lanes.</param>
    public StepBuffers(TransformerConfig config, ScalarType type, int rows, int lanes)
    {
        Rows = rows;
        var heads = config.AttentionHeads * config.HeadDim;
        Residual = [.. Enumerable.Range(0, lanes).Select(_ => new float[rows * config.HiddenSize])];
        Normed = [.. Enumerable.Range(0, lanes).Select(_ => Room(config.HiddenSize))];
        (Context, Activated) = (Room(heads), Room(config.IntermediateSize));
        QueryKeyValue = new T[rows * (heads + 2 * config.KvHeads * config.HeadDim)];
        Branch = new T[rows * config.HiddenSize];
        NormedRows = new Tensor[lanes];

        Tensor Room(int width) => zeros([rows, width], type).DetachFromDisposeScope();
    }

    /// <summary>Rows there is room for.</summary>
    public int Rows { get; }

    /// <summary>Rows of this step.</summary>
    public int Count { get; private set; }

    /// <summary>The residual stream, <c>[rows,H]</c>: each lane keeps its own, which costs less than waiting.</summary>
    public float[][] Residual { get; }

    /// <summary>Input of the sublayers, each lane's own, <c>[rows,H]</c>.</summary>
    public Tensor[] Normed { get; }

    /// <summary>Queries, keys and values, <c>[rows,(query heads + 2·key heads)·d]</c>.</summary>
    public T[] QueryKeyValue { get; }

    /// <summary>What the heads see, <c>[rows,query heads·d]</c>.</summary>
    public Tensor Context { get; }

    /// <summary>silu(gate) · up, <c>[rows,I]</c>.</summary>
    public Tensor Activated { get; }

    /// <summary>A sublayer's output, <c>[rows,H]</c>.</summary>
    public T[] Branch { get; }

    /// <summary>This step's rows of <see cref="Normed"/>.</summary>
    public Tensor[] NormedRows { get; }

    /// <summary>This step's rows of <see cref="Context"/>.</summary>
    public Tensor? ContextRows { get; private set; }

    /// <summary>This step's rows of <see cref="Activated"/>.</summary>
    public Tensor? ActivatedRows { get; private set; }

    /// <summary>Prepares for a step.</summary>
    public void Take(int count)
    {
        if (count == Count) return;
        Count = count;
        Forget();
        for (var i = 0; i < Normed.Length; i++) NormedRows[i] = View(Normed[i]);
        (ContextRows, ActivatedRows) = (View(Context), View(Activated));

        Tensor View(Tensor whole)
        {
            var view = whole.narrow(0, 0, count).DetachFromDisposeScope();
            views.Add(view);
            return view;
        }
    }

    public void Dispose()
    {
        Forget();
        foreach (var tensor in Normed) tensor.Dispose();
        Context.Dispose();
        Activated.Dispose();
    }

    private void Forget()
    {
        foreach (var view in views) view.Dispose();
        views.Clear();
    }
}
