using System.Globalization;
using System.Text;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>How tokens become text again: steps over the list of token strings, which are joined at the end.</summary>
internal sealed class TokenDecoder
{
    private readonly List<Func<List<string>, List<string>>> steps = [];
    private readonly string separator = "";

    /// <param name="json"><c>decoder</c> of tokenizer.json; null: tokens are joined with blanks.</param>
    public TokenDecoder(JsonFields? json)
    {
        if (json is null) separator = " ";
        else Add(json);
    }

    /// <summary>Whether tokens are bytes, spelled as <see cref="ByteLevel"/> says.</summary>
    public bool IsByteLevel { get; private set; }

    /// <exception cref="InvalidDataException">The text grows beyond bounds.</exception>
    public string Decode(List<string> tokens)
    {
        var before = tokens.Sum(token => (long)token.Length);
        return string.Join(separator, steps.Aggregate(tokens, (current, step) =>
        {
            var next = step(current);
            TextGrowth.Check("decoder", before, next.Sum(token => (long)token.Length));
            return next;
        }));
    }

    private void Add(JsonFields json)
    {
        switch (json.Text("type"))
        {
            case "Sequence":
                foreach (var part in json.Objects("decoders")) Add(part);
                break;
            case "Replace":
                var (old, fresh) = TextNormalizer.Replacement(json);
                steps.Add(tokens => tokens.ConvertAll(token => token.Replace(old, fresh, StringComparison.Ordinal)));
                break;
            case "ByteLevel":
                steps.Add(tokens => [ByteLevel.Text(tokens)]);
                IsByteLevel = true;
                break;
            case "Metaspace":
                steps.Add(new Metaspace(json).Decode);
                break;
            case "ByteFallback":
                steps.Add(JoinBytes);
                break;
            case "Fuse":
                steps.Add(tokens => [string.Concat(tokens)]);
                break;
            case "Strip":
                var (content, start, stop) = (json.RequiredText("content"), json.Required("start"), json.Required("stop"));
                if (content.Length != 1) throw json.Bad("content", "one character");
                steps.Add(tokens => tokens.ConvertAll(token => Strip(token, content[0], start, stop)));
                break;
            default:
                throw json.Bad("type", "Sequence, Replace, ByteLevel, Metaspace, ByteFallback, Fuse or Strip, the ones supported");
        }
        TextGrowth.CheckSteps(json, steps.Count);
    }

    private static string Strip(string token, char content, int start, int stop)
    {
        var (from, to) = (0, token.Length);
        while (from < Math.Min(start, token.Length) && token[from] == content) from++;
        while (to > from && token.Length - to < stop && token[to - 1] == content) to--;
        return token[from..to];
    }

    /// <summary>Runs of byte tokens become the text they encode, or one replacement character per byte when they are not UTF-8.</summary>
    private static List<string> JoinBytes(List<string> tokens)
    {
        var (result, bytes) = (new List<string>(tokens.Count), new List<byte>());
        foreach (var token in tokens)
        {
            if (TryByte(token, out var value))
            {
                bytes.Add(value);
                continue;
            }
            Flush();
            result.Add(token);
        }
        Flush();
        return result;

        void Flush()
        {
            if (bytes.Count == 0) return;
            try { result.Add(StrictUtf8.GetString([.. bytes])); }
            catch (DecoderFallbackException) { result.Add(new string('\uFFFD', bytes.Count)); }
            bytes.Clear();
        }
    }

    private static bool TryByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
