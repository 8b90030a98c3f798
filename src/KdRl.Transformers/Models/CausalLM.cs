using KdRl.Rollouts;
using KdRl.Transformers.Models;
using TorchSharp;
using KdRl.Transformers.Checkpoints;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers;

/// <summary>
/// A decoder-only transformer of one of the <see cref="ModelFamily">families</see> Llama, Mistral, Qwen2, Qwen3 and Pangu that reads and writes Hugging Face directories. Its named parameters are
/// what a trainer optimises; projections of one input are fused, so their names are this library's, not the checkpoint's.
/// </summary>
public sealed class CausalLM : nn.Module, IPretrainedModel, ISharedPromptModel, IActivationMemory
{
    // Named as registered: moving a module to another device or type replaces its parameters through fields of that name.
    private Parameter embedding;
    private Parameter? head;
    private readonly List<DecoderLayer> layers = [];
    private readonly RmsNorm norm;
    private readonly RotaryTable rotary;

    private CausalLM(TransformerConfig config, Device device) : base(nameof(CausalLM))
    {
        Config = config;
        embedding = new Parameter(empty(config.VocabularySize, config.HiddenSize, dtype: config.DataType, device: device));
        register_parameter(nameof(embedding), embedding);
        var list = nn.ModuleList<nn.Module>();
        for (var i = 0; i < config.Layers; i++)
        {
            layers.Add(new DecoderLayer(config, i, device));
            list.Add(layers[i]);
        }
        register_module("layers", list);
        norm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, config.DataType, device);
        register_module("norm", norm);
        if (!config.TieWordEmbeddings)
        {
            head = new Parameter(empty(config.VocabularySize, config.HiddenSize, dtype: config.DataType, device: device));
            register_parameter(nameof(head), head);
        }
        rotary = new RotaryTable(config);
    }

    /// <summary>Shape and constants.</summary>
    public TransformerConfig Config { get; }

    /// <summary>
    /// The tokenizer to be saved beside the weights, so that checkpoints are complete directories. Null (the default): none is written.
    /// </summary>
    public Tokenizer? Tokenizer { get; set; }

    /// <summary>
    /// Whether decoder layers drop their activations and compute them again for the gradient: memory for activations falls to one
    /// tensor <c>[B,T,H]</c> a layer and those of one layer, for a third more time; gradients are the same. Acts where gradients are
    /// recorded. Prompts are then read, and counted by a mixture of experts, once for each completion, not once for all.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool GradientCheckpointing { get; set; }

    /// <summary>
    /// Whether each layer's output is looked at, so that an activation that is not finite is reported with the layer it came from
    /// (<see cref="InvalidOperationException"/>). For finding out where a model breaks; costs a pass over memory a layer.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool ChecksActivations { get; set; }

    /// <summary>Sees the residual stream, <c>[B,T,H]</c>, after 0, 1, … layers.</summary>
    internal Action<Tensor, int>? Observer { get; set; }

    /// <summary>Whether somebody looks at what stands between the layers.</summary>
    internal bool IsWatched => Observer is not null || ChecksActivations;

    internal Tensor Embedding => embedding;

    internal IReadOnlyList<DecoderLayer> DecoderLayers => layers;

    internal RmsNorm FinalNorm => norm;

    internal RotaryTable Rotary => rotary;

    /// <summary>Fields of the files the model was loaded from, kept for saving.</summary>
    internal LoadedFiles? Loaded { get; init; }

    /// <summary>Whether an adapter is attached.</summary>
    internal bool HasAdapter { get; set; }

    /// <summary>Whether the attached adapter leaves out inputs at random while gradients are recorded.</summary>
    internal bool HasDropout { get; set; }

    /// <inheritdoc/>
    public Tensor OutputWeight => head ?? embedding;

    /// <inheritdoc/>
    public long ActivationBytesPerToken => ActivationSize.PerToken(Config, GradientCheckpointing);

    /// <inheritdoc/>
    public long? ActivationBytesBesideTokens => 0;

    /// <inheritdoc/>
    public bool CountsTokens => Config.Experts is { BalanceCoefficient: > 0 };

    /// <summary>Logits of final hidden states, <c>[…,H]</c> to <c>[…,V]</c>.</summary>
    internal Tensor Logits(Tensor hidden) => LinearProducts.Linear(hidden, OutputWeight, null);

    /// <summary>
    /// A model with random weights: normal with standard deviation <see cref="TransformerConfig.InitializerRange"/>, norms 1 (those
    /// behind the sublayers of a sandwich: <see cref="DepthScaledInit"/>), biases 0. The same configuration and seed give the same weights.
    /// </summary>
    /// <param name="config">Shape and constants.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="device">Where the weights live. Left out: the CPU.</param>
    /// <exception cref="ArgumentException">The configuration contradicts itself.</exception>
    public static CausalLM Create(TransformerConfig config, long seed, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Problem() is { } problem) throw new ArgumentException(problem, nameof(config));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var model = new CausalLM(config, CPU);
        using var generator = new Generator((ulong)seed);
        var (weights, embedding) = config.InitialDeviations;
        foreach (var parameter in model.parameters()) KernelHints.UseLargePages(parameter, all: true);
        foreach (var (_, parameter) in model.named_parameters())
            if (parameter.dim() == 2)
                parameter.copy_(empty(parameter.shape, dtype: ScalarType.Float32).normal_(0, ReferenceEquals(parameter, model.embedding) ? embedding : weights, generator));
        if (device is not null) model.to(device);
        foreach (var parameter in model.parameters()) parameter.DetachFromDisposeScope();
        return model;
    }

    /// <summary>
    /// Loads a Hugging Face directory: <c>config.json</c>, the weights (<c>model.safetensors</c>, or its shards by their index)
    /// and, where present, <c>generation_config.json</c>, whose end-of-sequence tokens take precedence.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="dtype">Number type of the weights in memory. Left out: what <c>config.json</c> says.</param>
    /// <param name="device">Where the weights live. Left out: the CPU.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, a tensor is missing, left over or of another shape, or the configuration asks for what is not supported.
    /// </exception>
    public static CausalLM FromPretrained(string directory, ScalarType? dtype = null, Device? device = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var model = ModelFiles.Load(directory, dtype, (config, files, place) => new CausalLM(config, place ?? device ?? CPU) { Loaded = files });
        foreach (var parameter in model.parameters()) parameter.DetachFromDisposeScope();
        return model;
    }

    /// <inheritdoc/>
    /// <remarks>A <see cref="Tokenizer"/> that was set is written too. The weights go into one file.</remarks>
    public void SavePretrained(string directory) => SavePretrained(directory, long.MaxValue);

    /// <summary>
    /// Writes a Hugging Face directory whose weights are cut into files of limited size: <c>model-00001-of-0000N.safetensors</c> and
    /// <c>model.safetensors.index.json</c>, or <c>model.safetensors</c> alone when they fit into one. Weight files that an earlier
    /// save left in the directory are removed.
    /// </summary>
    /// <param name="directory">Where to write.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file; positive. A larger tensor has a file to itself.</param>
    /// <exception cref="IOException">The directory or a file cannot be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxShardBytes"/> is not positive.</exception>
    public void SavePretrained(string directory, long maxShardBytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        ModelFiles.Save(this, directory, maxShardBytes);
    }

    /// <summary>
    /// How the checkpoint's makers draw from it: one completion by the temperature, truncation, length and end tokens of
    /// <c>generation_config.json</c>, where fields that are left out mean what they mean to Hugging Face (greedy without
    /// <c>do_sample</c>, 50 for <c>top_k</c>). Null when the model was loaded without that file. Training draws by its own options.
    /// </summary>
    /// <exception cref="InvalidDataException">The file asks for what is not supported, such as a repetition penalty.</exception>
    public SamplingOptions? SuggestedSampling() => Loaded is { Generation: { } generation, GenerationPath: var path }
        ? GenerationJson.Read(new JsonFields(path, JsonFile.Parse(path, generation))) : null;

    /// <inheritdoc/>
    public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(positions);
        TensorShapes.Check(ids, positions, attention);
        var distinct = positions.stride(0) == 0 ? positions.select(0, 0) : positions;
        var balance = BalanceLoss.Of(Config);
        balance?.Count(attention);
        // No real token sees padding on the right.
        var hides = attention is not null && HasPaddingBefore(attention);
        var hidden = Run(ids, positions, (int)distinct.max().item<long>(), new CausalAttention(hides ? attention : null, ids, Config.SlidingWindow), balance);
        balance?.HandIn();
        return hidden;
    }

    /// <summary>Whether a real token stands behind padding.</summary>
    private static bool HasPaddingBefore(Tensor attention)
    {
        var length = attention.shape[1];
        return attention.narrow(1, 1, length - 1).gt(attention.narrow(1, 0, length - 1)).any().item<bool>();
    }

    /// <inheritdoc/>
    public Tensor Hidden(SharedPrompts prompts, Tensor completions)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(completions);
        TensorShapes.Check(prompts, completions);
        if (GradientCheckpointing && is_grad_enabled()) return Unshared(prompts, completions);
        using var scope = NewDisposeScope();
        var balance = BalanceLoss.Of(Config);
        balance?.Count(prompts.Attention);
        var (prompt, length) = (new PromptAttention(prompts.Attention, prompts.Longest, Config.Layers, OutputWeight.dtype, Config.SlidingWindow), completions.shape[1] - 1);
        var read = Run(prompts.Ids, prompts.Positions, prompts.Longest - 1, prompt, balance).select(1, prompts.Longest - 1).index_select(0, prompts.Row).unsqueeze(1);
        if (length == 0)
        {
            balance?.HandIn();
            return read.MoveToOuterDisposeScope();
        }
        var rows = completions.shape[0];
        // Prompts of one length: one row of positions, whose turns are looked up once.
        var start = prompts.Attention is null ? prompts.Lengths.narrow(0, 0, 1) : prompts.Lengths.index_select(0, prompts.Row);
        var positions = Ranges.UpTo(length, completions.device).add(start.unsqueeze(1), Scalars.One).expand(rows, length);
        // The last token of a completion predicts nothing and is not read.
        balance?.Count(prompts.CompletionLengths is { } lengths ? Ranges.UpTo(length, completions.device).lt(lengths.sub(Scalars.One).unsqueeze(1)) : null);
        var written = Run(completions.narrow(1, 0, length), positions, (int)(prompts.Longest + length - 1), new ContinuationAttention(prompt, prompts.Row, length, OutputWeight.dtype), balance);
        balance?.HandIn();
        return cat([read, written], 1).MoveToOuterDisposeScope();
    }

    /// <summary>What shared prompts give, each row with its own copy of its prompt: no keys and values pass from one run to another.</summary>
    private Tensor Unshared(SharedPrompts prompts, Tensor completions)
    {
        using var scope = NewDisposeScope();
        var (rows, length, device) = (completions.shape[0], completions.shape[1] - 1, completions.device);
        var first = prompts.Positions.index_select(0, prompts.Row);
        var later = Ranges.UpTo(length, device).add(prompts.Lengths.index_select(0, prompts.Row).unsqueeze(1), Scalars.One);
        var isPrompt = prompts.Attention?.index_select(0, prompts.Row) ?? ones(rows, prompts.Longest, ScalarType.Bool, device);
        var isRead = prompts.CompletionLengths is { } lengths ? Ranges.UpTo(length, device).lt(lengths.sub(Scalars.One).unsqueeze(1)) : ones(rows, length, ScalarType.Bool, device);
        return Hidden(cat([prompts.Ids.index_select(0, prompts.Row), completions.narrow(1, 0, length)], 1), cat([first, later], 1), cat([isPrompt, isRead], 1))
            .narrow(1, prompts.Longest - 1, length + 1).MoveToOuterDisposeScope();
    }

    /// <summary>The projections of all layers under their Hugging Face names.</summary>
    internal IEnumerable<(string Name, ProjectionPart Part)> Projections() =>
        layers.SelectMany((layer, i) => layer.Projections().Select(part => ($"model.layers.{i}.{part.Name}", part)));

    /// <summary>The weights under their Hugging Face names.</summary>
    internal IEnumerable<WeightPart> Weights()
    {
        yield return WeightPart.Whole("model.embed_tokens.weight", embedding);
        for (var i = 0; i < layers.Count; i++)
            foreach (var part in layers[i].Weights($"model.layers.{i}.")) yield return part;
        yield return WeightPart.Whole("model.norm.weight", norm.Weight);
        if (head is not null) yield return WeightPart.Whole("lm_head.weight", head);
    }

    internal Tensor Run(Tensor ids, Tensor positions, int maxPosition, IAttention attention, BalanceLoss? balance = null)
    {
        var x = Observed(TableLookup.Rows(embedding, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], Config.HiddenSize), 0);
        if (GradientCheckpointing && HasDropout && is_grad_enabled())
            throw new InvalidOperationException("GradientCheckpointing is on and the adapter has a dropout: a layer that runs twice would drop twice. Switch one of them off.");
        var turns = rotary.At(positions, maxPosition, Config.AttentionHeads + Config.KvHeads, x.dtype);
        for (var i = 0; i < layers.Count; i++)
        {
            using var input = x;
            x = Observed(Layer(i, input), i + 1);
        }
        return norm.forward(x);

        Tensor Layer(int i, Tensor input) => GradientCheckpointing && is_grad_enabled() && attention is CausalAttention causal
            ? LayerCheckpoint.Run(layers[i], input, turns, causal, balance?.Layers[i]) : layers[i].Forward(input, turns, attention, balance?.Layers[i]);
    }

    private Tensor Observed(Tensor x, int done)
    {
        Observer?.Invoke(x, done);
        if (ChecksActivations && !x.isfinite().all().item<bool>())
            throw new InvalidOperationException($"The {(done == 0 ? "embedding" : $"output of layer {done - 1} of {layers.Count}, counted from 0,")} has numbers that are not finite.");
        return x;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) rotary.Dispose();
        base.Dispose(disposing);
    }
}
