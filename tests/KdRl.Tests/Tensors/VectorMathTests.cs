using System.Runtime.Intrinsics;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class VectorMathTests
{
    private const float Largest = VectorMath.MaxExponent, Least = -87.33654f;

    [Fact]
    public void Exp_AllOfItsRange_IsOffByLittleMoreThanAUnitInTheLastPlace()
    {
        var (worst, at) = (0.0, 0f);
        // Every 501st float32 of either sign: some four million.
        for (var bits = 0u; bits <= BitConverter.SingleToUInt32Bits(Largest); bits += 501)
        {
            var x = BitConverter.UInt32BitsToSingle(bits);
            foreach (var (number, found) in new[] { (x, VectorMath.Exp(Vector256.Create(x))[1]), (-x, VectorMath.Exp(Vector256.Create(-x))[6]) })
            {
                if (number < Least) continue;
                var exact = Math.Exp(number);
                var error = Math.Abs(found - exact) / Math.ScaleB(1, Math.ILogB(exact) - 23);
                if (!(error <= worst)) (worst, at) = (error, number);
            }
        }
        Assert.True(worst <= 1.01, $"{worst} units at {at:r}");
    }

    [Theory]
    [InlineData(Largest, 3.402798e38)]
    [InlineData(Least, 1.1754997e-38)]
    [InlineData(-87.33655f, 0)]
    [InlineData(-1e30f, 0)]
    public void Exp_EdgesOfItsRange_AreTheLargestAndTheLeastNormalNumberAndZero(float x, double expected)
    {
        Assert.Equal(expected, VectorMath.Exp(Vector256.Create(x))[0], expected * 1e-6);
        Assert.Equal(VectorMath.Exp(Vector256.Create(x))[0], VectorMath.Exp(Vector512.Create(x))[15]);
    }

    [Fact]
    public void Exp_SixteenNumbers_AreEachItsOwn()
    {
        var x = Vector512<float>.Indices - Vector512.Create(8f);
        for (var i = 0; i < 16; i++) Assert.Equal(Math.Exp(i - 8), VectorMath.Exp(x)[i], 3e-7 * Math.Exp(i - 8));
    }

    [Fact]
    public void BFloat16_AnyBits_AreRoundedAsTorchDoes()
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        // Among them numbers half way between two bfloat16, infinities and all kinds of what is no number.
        float[] numbers = [.. Enumerable.Range(0, 1 << 15).Select(i => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32) & (i % 2 == 0 ? 0xFFFF_8000 : uint.MaxValue))),
            .. Enumerable.Range(0, 1 << 14).Select(i => BitConverter.UInt32BitsToSingle((uint)i << 18 | 0x7F80_0000 | (uint)random.Next(1 << 17)))];
        var expected = tensor(numbers).to(ScalarType.BFloat16).to(ScalarType.Float32).ToNumbers<float>();
        for (var i = 0; i < numbers.Length; i += 16)
        {
            var x = Vector512.Create(numbers.AsSpan(i, 16));
            for (var j = 0; j < 16; j++)
            {
                var found = BitConverter.UInt32BitsToSingle(VectorMath.BFloat16(x)[j] & 0xFFFF_0000);
                Assert.Equal(expected[i + j], found);
                Assert.Equal(found, BitConverter.UInt32BitsToSingle(VectorMath.BFloat16(j < 8 ? x.GetLower() : x.GetUpper())[j % 8] & 0xFFFF_0000));
            }
        }
    }

    [Fact]
    public void Max_AnyPlace_IsTheLargest()
    {
        for (var i = 0; i < 8; i++) Assert.Equal(-2, VectorMath.Max(Vector256.Create(-3f).WithElement(i, -2)));
    }
}
