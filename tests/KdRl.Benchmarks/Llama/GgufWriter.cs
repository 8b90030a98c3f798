using System.Text;
using KdRl.Transformers;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// Writes a model in llama.cpp's file format, so that it can be asked the same work: version 3 of
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, with a vocabulary of made-up words.
/// </summary>
internal sealed class GgufWriter(string path) : IDisposable
{
    private const int Alignment = 32;
    private const uint Float32 = 0;
    private const uint BFloat16 = 30;
    private readonly BinaryWriter file = new(File.Create(path));

    /// <param name="model">A Llama with tied embeddings and weights of bfloat16.</param>
    public void Write(CausalLM model)
    {
        using var scope = NewDisposeScope();
        var config = model.Config;
        var tensors = model.Weights().Select(part => (Name: Name(part.Name), Value: part.Parameter.detach().narrow(0, part.Start, part.Rows)))
            .Select(tensor => tensor.Value.dim() == 1 ? (tensor.Name, Value: tensor.Value.to(ScalarType.Float32), Type: Float32) : (tensor.Name, tensor.Value, Type: BFloat16)).ToList();
        var values = Values(config).ToList();
        file.Write("GGUF"u8);
        file.Write(3);
        file.Write((long)tensors.Count);
        file.Write((long)values.Count);
        foreach (var (key, write) in values)
        {
            Text(key);
            write();
        }
        var offset = 0L;
        foreach (var (name, value, type) in tensors)
        {
            Text(name);
            file.Write((int)value.dim());
            foreach (var size in value.shape.Reverse()) file.Write(size);
            file.Write(type);
            file.Write(offset);
            offset += Padded(value.numel() * value.ElementSize);
        }
        foreach (var (_, value, _) in tensors)
        {
            Pad();
            file.Write(value.contiguous().bytes);
        }
        Pad();
    }

    private IEnumerable<(string Key, Action Write)> Values(TransformerConfig config)
    {
        var count = config.VocabularySize;
        string[] special = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(i => $"<0x{i:X2}>")];
        yield return ("general.architecture", () => Value("llama"));
        yield return ("llama.context_length", () => Value(config.MaxPositions));
        yield return ("llama.embedding_length", () => Value(config.HiddenSize));
        yield return ("llama.block_count", () => Value(config.Layers));
        yield return ("llama.feed_forward_length", () => Value(config.IntermediateSize));
        yield return ("llama.attention.head_count", () => Value(config.AttentionHeads));
        yield return ("llama.attention.head_count_kv", () => Value(config.KvHeads));
        yield return ("llama.rope.dimension_count", () => Value(config.HeadDim));
        yield return ("llama.vocab_size", () => Value(count));
        yield return ("llama.attention.layer_norm_rms_epsilon", () => Value((float)config.RmsNormEpsilon));
        yield return ("llama.rope.freq_base", () => Value((float)config.RopeTheta));
        yield return ("tokenizer.ggml.model", () => Value("llama"));
        yield return ("tokenizer.ggml.tokens", () => Values(8, count, i => Text(i < special.Length ? special[i] : $"word{i}")));
        yield return ("tokenizer.ggml.scores", () => Values(6, count, i => file.Write((float)-i)));
        // Unknown, control, byte and normal.
        yield return ("tokenizer.ggml.token_type", () => Values(5, count, i => file.Write(i == 0 ? 2 : i < 3 ? 3 : i < special.Length ? 6 : 1)));
    }

    private static string Name(string ours) => ours.Replace("model.layers.", "blk.", StringComparison.Ordinal).Replace("input_layernorm", "attn_norm", StringComparison.Ordinal)
        .Replace("post_attention_layernorm", "ffn_norm", StringComparison.Ordinal).Replace("self_attn.o_proj", "attn_output", StringComparison.Ordinal)
        .Replace("self_attn.", "attn_", StringComparison.Ordinal).Replace("mlp.", "ffn_", StringComparison.Ordinal).Replace("_proj", "", StringComparison.Ordinal)
        .Replace("model.embed_tokens", "token_embd", StringComparison.Ordinal).Replace("model.norm", "output_norm", StringComparison.Ordinal);

    private void Value(string text)
    {
        file.Write(8);
        Text(text);
    }

    private void Value(int number)
    {
        file.Write(4);
        file.Write(number);
    }

    private void Value(float number)
    {
        file.Write(6);
        file.Write(number);
    }

    private void Values(int type, int count, Action<int> write)
    {
        file.Write(9);
        file.Write(type);
        file.Write((long)count);
        for (var i = 0; i < count; i++) write(i);
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        file.Write((long)bytes.Length);
        file.Write(bytes);
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private void Pad() => file.Write(new byte[Padded(file.BaseStream.Position) - file.BaseStream.Position]);

    public void Dispose() => file.Dispose();
}
