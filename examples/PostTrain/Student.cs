using KdRl.Tensors;
using KdRl.Transformers;

namespace KdRl.Examples.PostTrain;

/// <summary>The model that is trained: all of it, or an adapter on it.</summary>
internal sealed class Student : IDisposable
{
    private readonly PostTrainOptions options;
    private readonly LoraAdapter? adapter;
    private readonly CausalLM? copy;

    /// <exception cref="ArgumentException">An option of the adapter is out of range, or given without one.</exception>
    public Student(PostTrainOptions options, Tokenizer tokenizer)
    {
        this.options = options;
        if (options.LoraRank is null && (options.LoraAlpha is not null || options.LoraTargets.Count > 0 || options.MergesLora))
            throw new ArgumentException("--lora-alpha, --lora-targets and --lora-merge say how an adapter is trained; name its rank with --lora-rank.", nameof(options));
        Model = CausalLM.FromPretrained(options.Student);
        // Then every checkpoint of a whole model is a whole directory.
        Model.Tokenizer = tokenizer;
        if (options.LoraRank is { } rank)
        {
            var lora = new LoraOptions { Rank = rank, Alpha = options.LoraAlpha ?? 2.0 * rank };
            adapter = LoraAdapter.Attach(Model, options.LoraTargets.Count > 0 ? lora with { TargetModules = options.LoraTargets } : lora, options.Seed);
        }
        // An adapter that is switched off is the model as it was; a model that is trained itself needs a copy.
        if (options.ReferenceKl is not null) Reference = adapter?.Reference ?? (copy = CausalLM.FromPretrained(options.Student));
    }

    /// <summary>The model, with its adapter.</summary>
    public CausalLM Model { get; }

    /// <summary>What is optimised.</summary>
    public ICausalModel Policy => adapter is null ? Model : adapter;

    /// <summary>The model as it was; null when nothing asks for it.</summary>
    public ICausalModel? Reference { get; }

    /// <summary>Leaves a model directory or, of an adapter that is not merged, an adapter's and the tokenizer.</summary>
    public void Save(string directory)
    {
        if (adapter is null || options.MergesLora)
        {
            adapter?.Merge();
            Model.SavePretrained(directory);
            return;
        }
        adapter.SavePretrained(directory);
        Model.Tokenizer!.Save(directory);
    }

    public void Dispose()
    {
        adapter?.Dispose();
        Model.Dispose();
        copy?.Dispose();
    }
}
