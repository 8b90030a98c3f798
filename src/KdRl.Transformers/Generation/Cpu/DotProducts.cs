using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>
/// x·Wᵀ + b of bfloat16 numbers with 32-bit sums, with the weights where they are: for the rows of a decoding step as fast as memory
/// delivers W, or as fast as the processor multiplies. A row's result does not depend on how many other rows there are.
/// </summary>
internal sealed unsafe class DotProducts
{
    /// <summary>Rows of x that one pass over W serves; they stay in the processor's cache.</summary>
    private const int RowsAtATime = 96;

    private const int Outputs = DotProductCode.Outputs;

    private static readonly ConcurrentDictionary<int, DotProducts?> OfWidths = new();

    private readonly int width;
    private readonly nint[] functions = new nint[(DotProductCode.MostRows + 1) * (Outputs + 1)];

    private DotProducts(int width, byte* code, ReadOnlySpan<int> starts)
    {
        this.width = width;
        for (var i = 0; i < starts.Length; i++) functions[i] = (nint)(code + starts[i]);
    }

    /// <summary>Whether this machine has them: an x64 Linux whose processor has AVX512_BF16.</summary>
    public static bool AreAvailable => For(DotProductCode.Part) is not null;

    /// <summary>Products of rows of some width; null where this machine has none, or none of that width.</summary>
    public static DotProducts? For(int width) => width % DotProductCode.Part == 0 ? OfWidths.GetOrAdd(width, Create) : null;

    /// <param name="x"><c>[rows, width]</c></param>
    /// <param name="w"><c>[outputs, width]</c>, at least four outputs.</param>
    /// <param name="added">b, <c>[outputs]</c></param>
    /// <param name="y">Gets the results, rounded.</param>
    /// <param name="stride">Numbers between the rows of y.</param>
    public void Multiply(ReadOnlySpan<ushort> x, ReadOnlySpan<ushort> w, ReadOnlySpan<float> added, Span<ushort> y, int stride)
    {
        var (rows, outputs) = (x.Length / width, w.Length / width);
        if (rows == 0) return;
        if (outputs < Outputs || added.Length != outputs) throw new ArgumentException($"{outputs} outputs and {added.Length} numbers to add; expected as many, at least {Outputs}.", nameof(w));
        if (y.Length < (rows - 1) * stride + outputs) throw new ArgumentException($"{y.Length} numbers; expected {rows} rows of {outputs}, {stride} apart.", nameof(y));
        fixed (ushort* input = x, weights = w, products = y)
        fixed (float* addends = added)
            for (var row = 0; row < rows; row += RowsAtATime)
                Multiply(input + (long)row * width, Math.Min(RowsAtATime, rows - row), weights, outputs, addends, products + (long)row * stride, stride);
    }

    private void Multiply(ushort* x, int rows, ushort* w, int outputs, float* added, ushort* y, int stride)
    {
        var blocks = (rows + DotProductCode.MostRows - 1) / DotProductCode.MostRows;
        // The four rows of W after the next four are fetched while these are multiplied; each block of rows of x has a part in that.
        var ahead = blocks == 1 ? Outputs : blocks < Outputs ? Outputs / 2 : 1;
        for (var i = 0; i < outputs; i += Outputs)
        {
            // The last four may overlap the four before.
            var output = Math.Min(i, outputs - Outputs);
            var weights = w + (long)output * width;
            for (var block = 0; block < blocks; block++)
            {
                var (start, end) = (block * rows / blocks, (block + 1) * rows / blocks);
                var fetched = block * ahead < Outputs ? ahead : 0;
                var function = (delegate* unmanaged[Cdecl, SuppressGCTransition]<ushort*, ushort*, ushort*, long, ushort*, float*, void>)functions[Index(end - start, fetched)];
                function(x + (long)start * width, weights, y + (long)start * stride + output, (long)stride * sizeof(ushort),
                    weights + (long)(2 * Outputs + block * ahead) * width, added + output);
            }
        }
    }

    private static int Index(int rows, int ahead) => rows * (Outputs + 1) + ahead;

    private static DotProducts? Create(int width)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !IsSupported()) return null;
        using var code = new MemoryStream();
        var starts = new int[(DotProductCode.MostRows + 1) * (Outputs + 1)];
        for (var rows = 1; rows <= DotProductCode.MostRows; rows++)
        {
            foreach (var ahead in (int[])[0, 1, Outputs / 2, Outputs])
            {
                starts[Index(rows, ahead)] = (int)code.Length;
                code.Write(DotProductCode.Write(width, rows, ahead));
            }
        }
        var place = ExecutableMemory.Of(code.ToArray());
        return place is null ? null : new DotProducts(width, place, starts);
    }

    /// <summary>Whether the processor has the instruction, and .NET may use vectors of that size.</summary>
    private static bool IsSupported() =>
        Avx512F.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
}
