using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>What tokens' distributions say, differentiable: logits are formed chunk by chunk, and again in the backward pass.</summary>
internal sealed class HeadFunction : autograd.SingleTensorFunction<HeadFunction>
{
    public override string Name => nameof(HeadFunction);

    /// <summary>Arguments: hidden, weight, inputs, and where the weight's gradient is to be added, or null.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, weight, inputs) = ((Tensor)vars[0], (Tensor)vars[1], (HeadInputs)vars[2]);
        var scores = Forward(hidden, weight, inputs, out var kept);
        ctx.save_for_backward([hidden, weight, scores.detach(), .. inputs.Tensors, .. kept]);
        ctx.save_data("settings", (inputs.Settings, (DirectGradients.Table?)vars[3]));
        return scores;
    }

    /// <summary>The rows of <see cref="HeadSettings"/>, <c>[rows,N]</c>, and the tables of the backward pass when there is a single chunk.</summary>
    public static Tensor Forward(Tensor hidden, Tensor weight, HeadInputs inputs, out Tensor[] kept)
    {
        using var noGrad = no_grad();
        var (settings, tokens) = (inputs.Settings, hidden.shape[0]);
        var room = HeadChunk.Room(hidden, weight, inputs);
        var areKept = HeadSettings.AreKept(tokens, settings.ChunkRows);
        List<Tensor> parts = [];
        kept = [];
        foreach (var (start, count) in settings.Chunks(tokens))
        {
            using var scope = NewDisposeScope();
            var chunk = HeadChunk.Form(hidden, weight, inputs, start, count, room);
            parts.Add(chunk.Scores(keep: areKept).MoveToOuterDisposeScope());
            if (areKept) kept = [.. chunk.Tables.Select(table => table.MoveToOuterDisposeScope())];
        }
        return parts.Count switch { 0 => zeros([settings.Rows, 0], settings.Dtype, hidden.device), 1 => parts[0], _ => cat(parts, -1) };
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (settings, direct) = ((HeadSettings, DirectGradients.Table?))ctx.get_data("settings");
        var saved = ctx.get_saved_variables();
        var (hidden, weight, scores, end) = (saved[0], saved[1], saved[2], 3 + settings.Tensors);
        var (inputs, kept) = (HeadInputs.Of(settings, saved[3..end]), saved[end..]);
        var room = kept.Count > 0 ? [] : HeadChunk.Room(hidden, weight, inputs);
        var gradient = new HeadGradient(hidden, weight, settings, direct);
        var upstream = HeadSettings.Scale(grad_output.clone(), settings.Temperature);
        foreach (var (start, count) in settings.Chunks(hidden.shape[0]))
        {
            using var inner = NewDisposeScope();
            var chunk = kept.Count > 0 ? HeadChunk.Of(inputs, kept) : HeadChunk.Form(hidden, weight, inputs, start, count, room);
            if (kept.Count == 0) chunk.Scores(keep: true);
            gradient.Add(start, count, chunk.LogitGradient(scores.narrow(1, start, count), upstream.narrow(1, start, count)));
        }
        var (ofHidden, ofWeight) = gradient.Result();
        List<Tensor> result = [ofHidden?.MoveToOuterDisposeScope()!, ofWeight?.MoveToOuterDisposeScope()!, null!, null!];
        // Without a dispose scope on this thread nothing else would keep the wrappers alive until native code has read them.
        ctx.save_data("gradients", result);
        return result;
    }
}
