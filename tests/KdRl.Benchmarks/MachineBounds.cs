using System.Diagnostics;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>What the machine can do at most, measured in the same run.</summary>
internal static class MachineBounds
{
    private const int Size = 2048;

    /// <summary>Additions and multiplications a second of a square matrix product; the best of some, since whatever disturbs only slows.</summary>
    public static double MatrixRate(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (a, b) = (randn(Size, Size).to(dtype), randn(Size, Size).to(dtype));
        return 2.0 * Size * Size * Size / Best(() => a.mm(b));
    }

    /// <summary>Bytes a second copied from memory to memory, read and write counted once.</summary>
    public static double CopyRate()
    {
        const int bytes = 256 << 20;
        using var scope = NewDisposeScope();
        var (from, to) = (zeros(bytes, ScalarType.Byte), ones(bytes, ScalarType.Byte));
        return bytes / Best(() => to.copy_(from));
    }

    private static double Best(Action work)
    {
        var least = double.PositiveInfinity;
        for (var i = 0; i < 8; i++)
        {
            using var scope = NewDisposeScope();
            var start = Stopwatch.GetTimestamp();
            work();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return least;
    }
}
