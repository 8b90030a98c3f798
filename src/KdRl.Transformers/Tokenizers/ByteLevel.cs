using System.Text;

namespace KdRl.Transformers.Tokenizers;

/// <summary>
/// Spells bytes as printable characters, as GPT-2 does (Radford et al. 2019): bytes that are printable in Latin-1 stand for
/// themselves, the others for the characters from U+0100 on, in order.
/// </summary>
internal static class ByteLevel
{
    private static readonly char[] Characters = new char[256];
    private static readonly short[] Bytes = new short[0x180];

    static ByteLevel()
    {
        Array.Fill(Bytes, (short)-1);
        var next = '\u0100';
        for (var b = 0; b < 256; b++)
        {
            var printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            Characters[b] = printable ? (char)b : next++;
            Bytes[Characters[b]] = (short)b;
        }
    }

    /// <summary>The character of each byte.</summary>
    public static ReadOnlySpan<char> Alphabet => Characters;

    /// <summary>The UTF-8 bytes of a text, spelled as characters.</summary>
    public static string Spell(ReadOnlySpan<char> text)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, utf8);
        return string.Create(utf8.Length, utf8, (span, bytes) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = Characters[bytes[i]];
        });
    }

    /// <summary>The text that tokens spell together; bytes that are not UTF-8 become U+FFFD, a token with other characters stands for itself.</summary>
    public static string Text(List<string> tokens)
    {
        var bytes = new List<byte>(tokens.Count * 4);
        foreach (var token in tokens)
        {
            var start = bytes.Count;
            foreach (var c in token)
            {
                var value = c < Bytes.Length ? Bytes[c] : -1;
                if (value >= 0)
                {
                    bytes.Add((byte)value);
                    continue;
                }
                bytes.RemoveRange(start, bytes.Count - start);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                break;
            }
        }
        return Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
    }
}
