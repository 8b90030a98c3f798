namespace KdRl.Transformers.Tests.Checkpoints;

/// <summary>Damages a file in the ways that parsers fall over.</summary>
internal static class Mutation
{
    private static readonly byte[][] Hostile =
    [
        .. new[] { "-1", "0", "9223372036854775807", "18446744073709551616", "1e400", "1e-7", "2147483648", "null", "true", "[]", "{}", "\"\"", "\"../x\"", "\\ud800", "[[[[", "}", ",", "\0" }
            .Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    /// <param name="whole">The file.</param>
    /// <param name="random">Where and how.</param>
    /// <param name="reach">Only the first so many bytes are touched: the part with structure.</param>
    public static byte[] Of(byte[] whole, Random random, int reach)
    {
        var bytes = whole.ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(Math.Min(reach, bytes.Count));
            var count = Math.Min(random.Next(1, 24), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, count); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
                case 3: bytes.InsertRange(at, Hostile[random.Next(Hostile.Length)]); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default: Number(bytes, at, random); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Replaces the next number in the text.</summary>
    private static void Number(List<byte> bytes, int at, Random random)
    {
        while (at < bytes.Count && !char.IsAsciiDigit((char)bytes[at])) at++;
        var end = at;
        while (end < bytes.Count && char.IsAsciiDigit((char)bytes[end])) end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, Hostile[random.Next(Hostile.Length)]);
    }
}
