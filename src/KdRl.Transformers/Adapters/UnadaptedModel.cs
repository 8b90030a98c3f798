using static TorchSharp.torch;

namespace KdRl.Transformers.Adapters;

/// <summary>An adapted model as it is without its adapter.</summary>
internal sealed class UnadaptedModel(CausalLM model) : ISharedPromptModel
{
    [ThreadStatic]
    private static UnadaptedModel? current;

    public CausalLM Model => model;

    /// <summary>Whether a forward pass runs on this thread in which the adapter adds nothing.</summary>
    public bool IsRunning => current == this;

    public Tensor OutputWeight => model.OutputWeight;

    public bool CountsTokens => model.CountsTokens;

    public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention) => Run(() => model.Hidden(ids, positions, attention));

    public Tensor Hidden(SharedPrompts prompts, Tensor completions) => Run(() => model.Hidden(prompts, completions));

    private Tensor Run(Func<Tensor> forward)
    {
        var outer = current;
        current = this;
        try
        {
            return forward();
        }
        finally
        {
            current = outer;
        }
    }
}
