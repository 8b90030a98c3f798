using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// x·Wᵀ + b with a weight that oneDNN has laid out for few rows of x: a plain product lays it out anew at every call, which for a
/// decoding step costs more than the product. On the CPU only.
/// </summary>
/// <remarks>
/// libtorch has these products, TorchSharp does not bind them; a TorchScript archive of two methods reaches them.
/// </remarks>
internal static class PackedLinear
{
    /// <summary>Smaller weights gain nothing.</summary>
    private const long SmallestWeight = 1 << 18;

    private const string Code = """
        op_version_set = 1
        class PackedLinear(Module):
          __parameters__ = []
          __buffers__ = []
          def pack(self: __torch__.PackedLinear, w: Tensor, rows: int) -> Tensor:
            return ops.mkldnn._reorder_linear_weight(w, rows)
          def forward(self: __torch__.PackedLinear, x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
            return ops.mkldnn._linear_pointwise(x, w, b, "none", [], "")

        """;

    private static readonly Lazy<jit.ScriptModule?> Script = new(Load);

    /// <summary>The weight, laid out anew; null where that is not possible or does not pay.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c></param>
    /// <param name="rows">Rows of x to be expected.</param>
    public static Tensor? Pack(Tensor weight, int rows)
    {
        if (weight.device_type != DeviceType.CPU || weight.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || weight.numel() < SmallestWeight) return null;
        try
        {
            return (Tensor?)Script.Value?.invoke("pack", weight.detach(), rows);
        }
        catch (ExternalException)
        {
            return null; // No 16-bit products on this processor.
        }
    }

    /// <param name="x"><c>[…, inputs]</c></param>
    /// <param name="packed">From <see cref="Pack"/>.</param>
    /// <param name="bias"><c>[outputs]</c></param>
    public static Tensor Apply(Tensor x, Tensor packed, Tensor? bias) => (Tensor)Script.Value!.invoke("forward", x, packed, bias!);

    private static jit.ScriptModule? Load()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
            {
                // The pickled root: an object of that class without attributes.
                Add(zip, "data.pkl", [0x80, 2, .. "c__torch__\nPackedLinear\n"u8, .. ")"u8, 0x81, .. "}b."u8]);
                Add(zip, "code/__torch__.py", Encoding.ASCII.GetBytes(Code));
                Add(zip, "constants.pkl", [0x80, 2, .. ")."u8]);
                Add(zip, "version", "3\n"u8);
            }
            return jit.load(path);
        }
        catch (ExternalException)
        {
            return null; // A libtorch without oneDNN.
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Add(ZipArchive zip, string name, ReadOnlySpan<byte> content)
    {
        using var entry = zip.CreateEntry("archive/" + name, CompressionLevel.NoCompression).Open();
        entry.Write(content);
    }
}
