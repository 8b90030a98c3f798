using TorchSharp;

namespace KdRl.Tensors;

/// <summary>Scalars that live as long as the process.</summary>
/// <remarks>
/// <para>
/// A <see cref="Scalar"/> has a finalizer, no dispose scope holds it, and TorchSharp hands its raw pointer to native code
/// without keeping the object alive. When another managed thread triggers a collection while the native call runs, the
/// finalizer frees the scalar in use: a wrong number or a crash. These are rooted and cannot be freed; a value known only
/// at the call goes into <c>using var s = value.ToScalar();</c>, whose end keeps it alive.
/// </para>
/// <para>
/// Some TorchSharp members make a hidden scalar even when none is written: <c>a + b</c>, <c>a.add(b)</c> and
/// <c>a.add(scalar)</c> (alpha = 1; write <c>a.add(b, Scalars.One)</c>), <c>addcdiv(a, b)</c>, <c>square</c>,
/// <c>arange</c> with fewer than three numbers, <c>elu</c>, <c>softplus</c> and others of <c>nn.functional</c>,
/// <c>(float)tensor</c>, <c>tolist</c>, every optimiser of <c>torch.optim</c>. <c>sub</c>, <c>mul</c>, <c>div</c>,
/// <c>-</c>, <c>*</c>, <c>/</c> between two tensors, comparisons and <c>item&lt;T&gt;()</c> make none.
/// <c>eng/BannedSymbols.txt</c> lists the first kind and fails the build on them.
/// </para>
/// <para>
/// Whole numbers are integral scalars: they leave the dtype of both integer and floating tensors as it is.
/// </para>
/// </remarks>
internal static class Scalars
{
    public static readonly Scalar Zero = 0L.ToScalar();
    public static readonly Scalar One = 1L.ToScalar();
    public static readonly Scalar MinusOne = (-1L).ToScalar();
    public static readonly Scalar Two = 2L.ToScalar();
    public static readonly Scalar Half = 0.5.ToScalar();
    public static readonly Scalar PositiveInfinity = double.PositiveInfinity.ToScalar();
    public static readonly Scalar NegativeInfinity = double.NegativeInfinity.ToScalar();
}
