using KdRl.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>
/// Memory of a training step, predicted before it runs. A micro-batch of n tokens takes a + b n bytes above what the process holds between
/// micro-batches: b is what the model keeps of a token, a does not depend on the tokens (chunks of logits, gradients of head and embedding).
/// </summary>
internal sealed record StepMemory
{
    /// <summary>Weights, their gradients and moments, as the optimiser holds them.</summary>
    public required long StateBytes { get; init; }

    /// <summary>a.</summary>
    public required long FixedBytes { get; init; }

    /// <summary>b; null when the model does not tell.</summary>
    public required long? BytesPerToken { get; init; }

    /// <summary>What may be taken beside the state.</summary>
    public required long RoomBytes { get; init; }

    /// <summary>Tokens of a micro-batch that the options ask for.</summary>
    public required int WantedTokens { get; init; }

    /// <summary>Most tokens, padding included, that fit at once; at least 0.</summary>
    public long TokensThatFit => BytesPerToken is { } each ? Math.Max(0, (RoomBytes - FixedBytes) / each) : long.MaxValue;

    /// <summary>
    /// Tokens of a micro-batch: those asked for, halved until they fit. Halved, so that a run that goes on with a little less memory free
    /// goes over the same micro-batches.
    /// </summary>
    public int MicroBatchTokens
    {
        get
        {
            var tokens = WantedTokens;
            while (tokens > TokensThatFit && tokens > 1) tokens /= 2;
            return tokens;
        }
    }

    /// <summary>Peak of a micro-batch of so many tokens, state included; null when the model does not tell.</summary>
    public long? PeakBytes(long tokens) => StateBytes + FixedBytes + BytesPerToken * tokens;

    /// <summary>The memory in sentences.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            if (PeakBytes(MicroBatchTokens) is not { } peak)
            {
                yield return $"memory: {Size(StateBytes)} for weights, gradients and moments; the model does not tell what its activations take";
                yield break;
            }
            yield return $"memory: {Size(StateBytes)} for weights, gradients and moments + {Size(FixedBytes)} + {Size(BytesPerToken!.Value)} a token of a micro-batch = " +
                         $"up to {Size(peak)} of {Size(StateBytes + RoomBytes)}";
            if (MicroBatchTokens < WantedTokens)
                yield return $"note: micro-batches of {WantedTokens:N0} tokens would take {Size(PeakBytes(WantedTokens)!.Value)}; they are split into {MicroBatchTokens:N0} tokens";
        }
    }

    /// <summary>Predicts the memory of a run.</summary>
    /// <param name="policy">The model.</param>
    /// <param name="module">The same as a module.</param>
    /// <param name="microBatchTokens">Tokens of a micro-batch that the options ask for.</param>
    /// <param name="limit">The most the process may hold, in bytes; null: what it holds and what is free.</param>
    /// <param name="teacher">A model whose distribution is formed beside the policy's; null: none.</param>
    /// <param name="lanes">Micro-batches at the same time. Beside others, each holds gradients of its own.</param>
    /// <exception cref="InvalidOperationException">Not even a token fits.</exception>
    public static StepMemory Of(ICausalModel policy, nn.Module module, int microBatchTokens, long? limit, ICausalModel? teacher, int lanes = 1)
    {
        using var scope = NewDisposeScope();
        Parameter[] trained = [.. module.parameters().Where(p => p.requires_grad).DistinctBy(p => p.Handle)];
        var state = trained.Sum(p => p.numel() * StateBytesOf(p.dtype));
        var held = trained.Sum(p => p.numel() * p.element_size());
        var head = policy.OutputWeight;
        // Gradients of head and embedding are whole tables each; where the two are one weight, so is their sum.
        // An accelerator's memory is not the machine's, and is not predicted.
        var onHost = head.device_type == DeviceType.CPU;
        // The optimiser moves the weights: what they take now becomes free.
        var room = SystemMemory.Room(limit) - (state - held);
        var memory = new StepMemory
        {
            StateBytes = state,
            FixedBytes = lanes * (OutputHead.WorkingBytes(head, teacher is not null, microBatchTokens) + (head.requires_grad ? 3 * head.numel() * head.element_size() : 0) + (lanes > 1 ? held : 0)),
            BytesPerToken = onHost ? lanes * (WithHoles(policy) + (teacher is null ? 0 : WithHoles(teacher))) : null,
            RoomBytes = room,
            WantedTokens = microBatchTokens,
        };
        if (onHost && (room <= memory.FixedBytes || memory.TokensThatFit == 0)) throw new InvalidOperationException(memory.TooSmall(1));
        return memory;
    }

    /// <summary>Refuses a sequence that cannot fit.</summary>
    /// <param name="longest">Tokens of the longest sequence of a step.</param>
    /// <exception cref="InvalidOperationException">It does not fit.</exception>
    public void ThrowIfTooLong(long longest)
    {
        if (longest > TokensThatFit) throw new InvalidOperationException(TooSmall(longest));
    }

    private string TooSmall(long tokens) =>
        $"The memory does not suffice: weights, gradients and moments take {Size(StateBytes)}, and a sequence of {tokens:N0} tokens {Size(FixedBytes + (BytesPerToken ?? 0) * tokens)} more, " +
        $"{Size(PeakBytes(tokens) ?? StateBytes + FixedBytes)} in all; {Size(StateBytes + RoomBytes)} are there. Shorten the sequences, train fewer parameters or a smaller model, or raise {nameof(KdrlTrainerOptions.MemoryLimit)}.";

    /// <summary>What a token takes of the allocator: its heap has holes between blocks of different life, up to an eighth where it was measured.</summary>
    private static long? WithHoles(ICausalModel model) => 9 * (model as IActivationMemory)?.ActivationBytesPerToken / 8;

    // Gradient in the weight's type and two moments; low precision adds the weight itself beside a float32 master, and a float32 sum of gradients.
    private static long StateBytesOf(ScalarType type) => type switch { ScalarType.Float64 => 32, ScalarType.Float32 => 16, _ => 20 };

    private static string Size(long bytes) => bytes switch { >= 1L << 30 => $"{bytes / (double)(1L << 30):0.0} GiB", >= 1 << 20 => $"{bytes / (double)(1 << 20):0.0} MiB", _ => $"{bytes / 1024.0:0.0} KiB" };
}
