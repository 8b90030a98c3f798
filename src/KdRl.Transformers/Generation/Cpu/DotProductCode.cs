using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>
/// Machine code for the products of some rows of x with four rows of W, of bfloat16 numbers, with <c>VDPBF16PS</c>: it multiplies 32 pairs
/// and adds each two to one of 16 sums. .NET has no intrinsic for it.
/// </summary>
internal static class DotProductCode
{
    /// <summary>Rows of W that are multiplied at a time.</summary>
    public const int Outputs = 4;

    /// <summary>The most rows of x that are multiplied at a time.</summary>
    public const int MostRows = 4;

    /// <summary>Numbers that are multiplied at a time; widths are multiples of it.</summary>
    public const int Part = 32;

    private const int PartBytes = 64;

    private static readonly AssemblerRegisterZMM[] Inputs = [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5];

    private static readonly AssemblerRegisterZMM[] Sums =
        [zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31];

    /// <summary>
    /// Code of a function of the System V calling convention: x (rdi), W (rsi), the products y (rdx), bytes between two rows of y (rcx), what
    /// to fetch into the second-level cache meanwhile (r8), four 32-bit numbers to be added (r9). Rows of x and of W follow one another.
    /// </summary>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="ahead">Rows of that width that are fetched from r8 on; 0 to 4.</param>
    public static byte[] Write(int width, int rows, int ahead)
    {
        var code = new Assembler(64);
        var (rowBytes, next) = (width * sizeof(ushort), code.CreateLabel());
        for (var i = 0; i < rows * Outputs; i++) code.vpxord(Sums[i], Sums[i], Sums[i]);
        code.mov(eax, width / Part);
        code.Label(ref next);
        for (var i = 0; i < Outputs; i++) code.vmovdqu64(Inputs[i], __zmmword_ptr[rsi + i * rowBytes]);
        for (var i = 0; i < ahead; i++) code.prefetcht1(__byte_ptr[r8 + i * rowBytes]);
        for (var row = 0; row < rows; row++)
        {
            var x = Inputs[Outputs + row % 2];
            code.vmovdqu64(x, __zmmword_ptr[rdi + row * rowBytes]);
            for (var i = 0; i < Outputs; i++) code.vdpbf16ps(Sums[row * Outputs + i], Inputs[i], x);
        }
        code.add(rsi, PartBytes);
        code.add(rdi, PartBytes);
        code.add(r8, PartBytes);
        code.dec(eax);
        code.jne(next);
        for (var row = 0; row < rows; row++) Store(code, row * Outputs);
        code.vzeroupper();
        code.ret();
        using var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), 0);
        return stream.ToArray();
    }

    /// <summary>Adds up each of four vectors, and writes the four rounded results where rdx points to, which then points to the next row.</summary>
    private static void Store(Assembler code, int first)
    {
        // Evens and odds of two vectors at a time, then pairs of all four: what remains is to add the quarters.
        AddInterleaved(zmm0, first);
        AddInterleaved(zmm1, first + 2);
        code.vunpcklpd(zmm2, zmm0, zmm1);
        code.vunpckhpd(zmm3, zmm0, zmm1);
        code.vaddps(zmm0, zmm2, zmm3);
        code.vextractf64x4(ymm1, zmm0, 1);
        code.vaddps(ymm0, ymm0, ymm1);
        code.vextractf128(xmm1, ymm0, 1);
        code.vaddps(xmm0, xmm0, xmm1);
        code.vaddps(xmm0, xmm0, __xmmword_ptr[r9]);
        code.PreferVex = false; // The shorter encoding belongs to another extension.
        code.vcvtneps2bf16(xmm0, xmm0);
        code.PreferVex = true;
        code.vmovq(__qword_ptr[rdx], xmm0);
        code.add(rdx, rcx);

        void AddInterleaved(AssemblerRegisterZMM target, int index)
        {
            code.vunpcklps(zmm2, Sums[index], Sums[index + 1]);
            code.vunpckhps(zmm3, Sums[index], Sums[index + 1]);
            code.vaddps(target, zmm2, zmm3);
        }
    }
}
