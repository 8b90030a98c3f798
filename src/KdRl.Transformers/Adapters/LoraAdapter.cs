using KdRl.Transformers.Adapters;
using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers;

/// <summary>
/// A low-rank adapter on a <see cref="CausalLM"/> (Hu et al. 2021). The model's own weights are frozen; the adapter's named parameters
/// are what a trainer optimises, and its saved form is that of Hugging Face PEFT. While it is attached, the model itself (and an
/// engine that samples from it) gives what the adapted model gives; <see cref="Reference"/> is the model without it.
/// </summary>
/// <remarks>Use it on the model's torch thread. Disposing it detaches it.</remarks>
public sealed class LoraAdapter : nn.Module, IPretrainedModel, ISharedPromptModel, IActivationMemory
{
    // The model is kept in here, not in a field: fields that are modules become children when a module is registered, and the
    // model's parameters are not the adapter's.
    private readonly UnadaptedModel reference;
    private readonly List<LowRankPart> parts = [];
    private readonly List<TorchSharp.Modules.Parameter> frozen;
    private bool isAttached = true;

    private LoraAdapter(CausalLM model, LoraOptions options) : base(nameof(LoraAdapter))
    {
        (Options, reference) = (options, new UnadaptedModel(model));
        foreach (var (name, target) in Targets(model, options))
        {
            var part = new LowRankPart(name, reference, target, options);
            parts.Add(part);
            register_module(name.Replace('.', '_'), part);
        }
        frozen = [.. model.parameters().Where(parameter => parameter.requires_grad)];
    }

    /// <summary>The adapted model.</summary>
    public CausalLM Model => reference.Model;

    /// <summary>Rank, scale, dropout and targets.</summary>
    public LoraOptions Options { get; }

    /// <summary>The model without the adapter, on the same weights: a reference policy at no cost in memory.</summary>
    public ISharedPromptModel Reference => reference;

    /// <inheritdoc/>
    public Tensor OutputWeight => Model.OutputWeight;

    /// <inheritdoc/>
    public bool CountsTokens => Model.CountsTokens;

    /// <inheritdoc/>
    public long ActivationBytesPerToken => Model.ActivationBytesPerToken + ActivationSize.PerToken(Model.Config, parts.Sum(part => part.Activations), Model.GradientCheckpointing);

    /// <inheritdoc/>
    public long? ActivationBytesBesideTokens => Model.ActivationBytesBesideTokens;

    /// <summary>A fresh adapter that changes nothing yet: A is uniform in ±1/√inputs, B is 0.</summary>
    /// <param name="model">The model; its parameters stop recording gradients until the adapter is detached.</param>
    /// <param name="options">Rank, scale, dropout and targets.</param>
    /// <param name="seed">Seed of A.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model already has an adapter.</exception>
    public static LoraAdapter Attach(CausalLM model, LoraOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        using var generator = new Generator((ulong)seed);
        return Attach(model, options, adapter => adapter.parts.ForEach(part => part.Initialize(generator)));
    }

    /// <summary>An adapter from a PEFT directory: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
    /// <param name="model">The model; its parameters stop recording gradients until the adapter is detached.</param>
    /// <param name="directory">The directory.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, does not fit the model, or asks for what is not supported.</exception>
    /// <exception cref="InvalidOperationException">The model already has an adapter.</exception>
    public static LoraAdapter FromPretrained(CausalLM model, string directory)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var options = AdapterFiles.ReadOptions(directory);
        AdapterFiles.Check(directory, [.. Targets(model, options).SelectMany(target => LowRankPart.Shapes(target.Name, target.Part, options.Rank))]);
        return Attach(model, options, adapter => AdapterFiles.ReadWeights(directory, [.. adapter.Weights()]));
    }

    private static LoraAdapter Attach(CausalLM model, LoraOptions options, Action<LoraAdapter> fill)
    {
        if (model.HasAdapter) throw new InvalidOperationException("The model already has an adapter; merge or detach it first.");
        using var scope = NewDisposeScope();
        var adapter = new LoraAdapter(model, options);
        fill(adapter);
        foreach (var parameter in adapter.parameters()) parameter.DetachFromDisposeScope();
        adapter.frozen.ForEach(parameter => parameter.requires_grad_(false));
        foreach (var part in adapter.parts) part.Target.Projection.Additions.Add(part);
        (model.HasAdapter, model.HasDropout) = (true, options.Dropout > 0);
        return adapter;
    }

    /// <inheritdoc/>
    public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention) => Model.Hidden(ids, positions, attention);

    /// <inheritdoc/>
    public Tensor Hidden(SharedPrompts prompts, Tensor completions) => Model.Hidden(prompts, completions);

    /// <summary>Writes <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> as PEFT does; the model's weights are not written.</summary>
    /// <param name="directory">Where to write; created when absent.</param>
    /// <exception cref="IOException">The directory or a file cannot be written.</exception>
    public void SavePretrained(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        AdapterFiles.Write(directory, Options, [.. Weights()]);
    }

    /// <summary>Adds the adapter to the model's weights, rounded to their type, and detaches it.</summary>
    /// <exception cref="InvalidOperationException">It is not attached.</exception>
    public void Merge()
    {
        if (!isAttached) throw new InvalidOperationException("The adapter is not attached.");
        parts.ForEach(part => part.Merge());
        Detach();
    }

    /// <summary>Takes the adapter off the model, whose parameters record gradients again. Without effect when it is off already.</summary>
    public void Detach()
    {
        if (!isAttached) return;
        isAttached = false;
        foreach (var part in parts) part.Target.Projection.Additions.Remove(part);
        frozen.ForEach(parameter => parameter.requires_grad_(true));
        (Model.HasAdapter, Model.HasDropout) = (false, false);
    }

    private static IEnumerable<(string Name, ProjectionPart Part)> Targets(CausalLM model, LoraOptions options) =>
        model.Projections().Where(part => options.TargetModules.Contains(part.Part.Name.Split('.')[^1]));

    private IEnumerable<WeightPart> Weights() => parts.SelectMany(part => part.Weights());

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Detach();
        base.Dispose(disposing);
    }
}
