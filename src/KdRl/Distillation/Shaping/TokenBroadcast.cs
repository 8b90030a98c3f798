using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Lets a value per response stand for each of its tokens.</summary>
internal static class TokenBroadcast
{
    /// <summary><c>[B]</c> as <c>[B,1]</c>; <c>[B,L]</c> as it is.</summary>
    public static Tensor Of(Tensor values, string name, Tensor tokens, string tokensName)
    {
        TensorChecks.Floating(values, name);
        TensorChecks.SameType(values, name, tokens, tokensName);
        if (values.dim() == 1 && values.shape[0] == tokens.shape[0]) return values.unsqueeze(1);
        TensorChecks.SameShape(values, name, tokens, tokensName);
        return values;
    }
}
