using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// A loss that is a sum over tokens, differentiated where the logits are: each chunk is scored, its loss differentiated, and its
/// share of the gradients formed before the next chunk. Logits are formed once; <see cref="HeadFunction"/> forms them twice.
/// </summary>
/// <remarks>
/// The gradient of the weight is there before anybody asks for it. It is kept until then, or added to a table at once: the loss must then be
/// differentiated once, with gradient 1.
/// </remarks>
internal sealed class HeadLossFunction : autograd.SingleTensorFunction<HeadLossFunction>
{
    public override string Name => nameof(HeadLossFunction);

    /// <summary>Arguments: hidden, weight, inputs, the loss of a chunk, and where the weight's gradient is to be added, or null.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, weight, inputs, lossOf) = ((Tensor)vars[0], (Tensor)vars[1], (HeadInputs)vars[2], (Func<long, TokenScores, Tensor>)vars[3]);
        var loss = Forward(hidden, weight, inputs, lossOf, (DirectGradients.Table?)vars[4], out var gradients);
        ctx.save_for_backward([.. new[] { gradients.Hidden, gradients.Weight }.OfType<Tensor>()]);
        ctx.save_data("wanted", (gradients.Hidden is not null, gradients.Weight is not null));
        return loss;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (ofHidden, ofWeight) = ((bool, bool))ctx.get_data("wanted");
        var saved = ctx.get_saved_variables();
        var next = 0;
        // A loss that is differentiated itself has gradient 1: the weight's gradient, the largest tensor here, need not be copied.
        var isWhole = grad_output.eq(Scalars.One).item<bool>();
        Tensor? Take(bool wanted) => wanted ? (isWhole ? saved[next++] : saved[next].mul(grad_output.to(saved[next++].dtype))).MoveToOuterDisposeScope() : null;
        List<Tensor> result = [Take(ofHidden)!, Take(ofWeight)!, null!, null!, null!];
        // Without a dispose scope on this thread nothing else would keep the wrappers alive until native code has read them.
        ctx.save_data("gradients", result);
        return result;
    }

    private static Tensor Forward(
        Tensor hidden, Tensor weight, HeadInputs inputs, Func<long, TokenScores, Tensor> lossOf, DirectGradients.Table? direct, out (Tensor? Hidden, Tensor? Weight) gradients)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var settings = inputs.Settings;
        var gradient = new HeadGradient(hidden, weight, settings, direct);
        var room = HeadChunk.Room(hidden, weight, inputs);
        var total = zeros([], settings.Dtype, hidden.device);
        foreach (var (start, count) in settings.Chunks(hidden.shape[0]))
        {
            using var inner = NewDisposeScope();
            var chunk = HeadChunk.Form(hidden, weight, inputs, start, count, room);
            var scores = chunk.Scores(keep: true);
            var (loss, upstream) = Differentiate(scores, settings, leaf => lossOf(start, leaf));
            total.add_(loss, Scalars.One);
            gradient.Add(start, count, chunk.LogitGradient(scores, HeadSettings.Scale(upstream, settings.Temperature)));
        }
        gradients = gradient.Result();
        gradients.Hidden?.MoveToOuterDisposeScope();
        gradients.Weight?.MoveToOuterDisposeScope();
        return total.MoveToOuterDisposeScope();
    }

    private static (Tensor Loss, Tensor Gradient) Differentiate(Tensor scores, HeadSettings settings, Func<TokenScores, Tensor> lossOf)
    {
        using var grad = enable_grad();
        var leaf = scores.detach().requires_grad_(true);
        var loss = lossOf(settings.Scores(leaf));
        if (!loss.requires_grad) return (loss, zeros_like(scores));
        loss.backward();
        return (loss.detach(), leaf.grad!.clone());
    }
}
