using TorchSharp;

namespace KdRl.Tensors;

/// <summary>
/// Scalars that live as long as the process. A <see cref="Scalar"/> made on the fly by an implicit conversion can be
/// finalised while the native call that uses it still runs; these cannot.
/// </summary>
internal static class Scalars
{
    public static readonly Scalar Zero = 0.0.ToScalar();
    public static readonly Scalar One = 1.0.ToScalar();
    public static readonly Scalar MinusOne = (-1.0).ToScalar();
    public static readonly Scalar Half = 0.5.ToScalar();
    public static readonly Scalar NegativeInfinity = double.NegativeInfinity.ToScalar();
}
