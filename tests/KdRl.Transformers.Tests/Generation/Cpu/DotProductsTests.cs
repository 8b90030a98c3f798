using KdRl.Transformers.Generation.Cpu;

namespace KdRl.Transformers.Tests.Generation.Cpu;

/// <summary>Products in machine code are the products.</summary>
public class DotProductsTests
{
    private const string Absent = "This processor has no AVX512_BF16, or this system no executable memory.";

    private static ushort[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle() * 2 - 1) >> 16))];

    private static float Value(ushort number) => BitConverter.UInt32BitsToSingle((uint)number << 16);

    public static TheoryData<int, int, int> Shapes()
    {
        var data = new TheoryData<int, int, int>();
        foreach (var width in (int[])[32, 64, 96, 576])
            foreach (var rows in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 97, 200]) data.Add(width, rows, 4 + (width + 7 * rows) % 43);
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Multiply_AnyShape_RoundsTheExactSums(int width, int rows, int outputs)
    {
        var products = Products(width);
        var random = new Random(width + rows);
        var (x, w) = (Numbers(random, rows * width), Numbers(random, outputs * width));
        float[] added = [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle() * 8 - 4)];
        var stride = outputs + 3;
        ushort[] y = [.. Enumerable.Repeat<ushort>(0x1234, rows * stride)];
        products.Multiply(x, w, added, y, stride);
        for (var row = 0; row < rows; row++)
        {
            for (var output = 0; output < outputs; output++)
            {
                var (sum, size) = ((double)added[output], 0.0);
                for (var i = 0; i < width; i++)
                {
                    var term = (double)Value(x[row * width + i]) * Value(w[output * width + i]);
                    (sum, size) = (sum + term, size + Math.Abs(term));
                }
                // Half a unit of the eighth bit of the result, and 32-bit rounding of the sums.
                Assert.Equal(sum, Value(y[row * stride + output]), Math.Abs(sum) / 256 + 1e-6 * size);
            }
            for (var i = outputs; i < stride; i++) Assert.Equal(0x1234, y[row * stride + i]);
        }
    }

    [SkippableFact]
    public void Multiply_RowAmongOthers_HasTheBitsOfTheRowAlone()
    {
        const int width = 320, rows = 137, outputs = 30;
        var products = Products(width);
        var random = new Random(3);
        var (x, w, added) = (Numbers(random, rows * width), Numbers(random, outputs * width), new float[outputs]);
        var together = new ushort[rows * outputs];
        products.Multiply(x, w, added, together, outputs);
        foreach (var count in (int[])[1, 2, 3, 5, 6, 16, 64])
        {
            for (var row = 0; row + count <= rows; row += count)
            {
                var own = new ushort[count * outputs];
                products.Multiply(x.AsSpan(row * width, count * width), w, added, own, outputs);
                Assert.Equal(together.AsSpan(row * outputs, count * outputs).ToArray(), own);
            }
        }
    }

    [SkippableFact]
    public void Multiply_NotANumberAndInfinity_Remain()
    {
        var products = Products(32);
        var (x, w, y) = (new ushort[64], new ushort[4 * 32], new ushort[8]);
        Array.Fill(w, (ushort)0x3F80);
        (x[0], x[32]) = (0x7FC0, 0x7F80);
        products.Multiply(x, w, new float[4], y, 4);
        Assert.All(y[..4], number => Assert.True(float.IsNaN(Value(number))));
        Assert.All(y[4..], number => Assert.Equal(float.PositiveInfinity, Value(number)));
    }

    [SkippableFact]
    public void Multiply_TooLittleRoomOrTooFewOutputs_SaysWhatWasExpected()
    {
        var products = Products(32);
        Assert.Contains("at least 4", Assert.Throws<ArgumentException>(() => products.Multiply(new ushort[32], new ushort[3 * 32], new float[3], new ushort[3], 3)).Message, StringComparison.Ordinal);
        Assert.Contains("at least 4", Assert.Throws<ArgumentException>(() => products.Multiply(new ushort[32], new ushort[4 * 32], new float[3], new ushort[4], 4)).Message, StringComparison.Ordinal);
        Assert.Contains("expected 2 rows of 4, 6 apart", Assert.Throws<ArgumentException>(() => products.Multiply(new ushort[64], new ushort[4 * 32], new float[4], new ushort[9], 6)).Message, StringComparison.Ordinal);
        products.Multiply([], new ushort[4 * 32], new float[4], [], 4);
    }

    [Fact]
    public void For_WidthsThatAreNotWholeVectors_ThereAreNone()
    {
        Assert.Null(DotProducts.For(48));
        Assert.Equal(DotProducts.AreAvailable, DotProducts.For(64) is not null);
        Assert.Same(DotProducts.For(64), DotProducts.For(64));
    }

    private static DotProducts Products(int width)
    {
        Skip.IfNot(DotProducts.AreAvailable, Absent);
        return DotProducts.For(width)!;
    }
}
