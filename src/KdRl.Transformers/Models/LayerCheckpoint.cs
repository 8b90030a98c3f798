using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// A decoder layer that keeps nothing of its forward pass but the input, and runs again when its gradient is needed (Chen et al. 2016).
/// Its parameters are inputs, so that whoever asks for their gradients gets them.
/// </summary>
internal sealed class LayerCheckpoint : autograd.MultiTensorFunction<LayerCheckpoint>
{
    public override string Name => nameof(LayerCheckpoint);

    /// <param name="layer">The layer; nothing random happens in it.</param>
    /// <param name="x"><c>[B,T,H]</c></param>
    /// <param name="turns">Rotary turns of the positions.</param>
    /// <param name="attention">Which keys a query sees.</param>
    /// <param name="load">Takes down how tokens spread over experts; null: nobody wants to know.</param>
    public static Tensor Run(DecoderLayer layer, Tensor x, Tensor turns, CausalAttention attention, ExpertLoad? load)
    {
        var pass = load?.Fresh(load.Counted);
        var outputs = apply([x, layer, turns, attention, pass ?? (object)false, .. layer.Trained()]);
        load?.Add(pass!, outputs[1]);
        return outputs[0];
    }

    /// <param name="ctx">Keeps the input and what the layer needs beside it.</param>
    /// <param name="vars">x, the layer, turns, attention, the load or false, and the layer's parameters.</param>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, layer, turns, attention, load) = ((Tensor)vars[0], (DecoderLayer)vars[1], (Tensor)vars[2], (CausalAttention)vars[3], vars[4] as ExpertLoad);
        // Tensors that this scope may free before the second run.
        Tensor?[] needed = [x, turns, .. attention.Parts, load?.Counted];
        ctx.save_for_backward([.. needed.OfType<Tensor>()]);
        ctx.save_data("pass", (layer, load, needed.Select(tensor => tensor is not null).ToArray()));
        // The scope around would keep what the layer makes on its way, and nothing would be saved.
        using var scope = NewDisposeScope();
        var outputs = Outputs(layer, x, turns, attention, load);
        load?.MoveToOuterScope();
        outputs[0].MoveToOuterDisposeScope();
        return outputs;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> gradOutputs)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var (layer, load, present) = ((DecoderLayer, ExpertLoad?, bool[]))ctx.get_data("pass");
        var saved = new Queue<Tensor>(ctx.get_saved_variables());
        var needed = Array.ConvertAll(present, isThere => isThere ? saved.Dequeue() : null);
        var x = needed[0]!.detach().requires_grad_(true);
        var outputs = Outputs(layer, x, needed[1]!, CausalAttention.FromParts(needed[2], needed[3]), load?.Fresh(needed[4]));
        // An expert to which no token went has no gradient.
        var found = autograd.grad(outputs, [x, .. layer.Trained()], gradOutputs, allow_unused: true);
        foreach (var gradient in found) gradient?.MoveToOuterDisposeScope();
        List<Tensor> result = [found[0], null!, null!, null!, null!, .. found.Skip(1)];
        // Without a dispose scope on this thread nothing else would keep the wrapper alive until native code has read it.
        ctx.save_data("gradients", result);
        return result;
    }

    private static List<Tensor> Outputs(DecoderLayer layer, Tensor x, Tensor turns, CausalAttention attention, ExpertLoad? load)
    {
        var y = layer.Forward(x, turns, attention, load);
        return load is null ? [y] : [y, load.Scores!];
    }
}
