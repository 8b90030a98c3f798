using KdRl.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>
/// Memory of a training step, predicted before it runs. A micro-batch of n tokens takes a + b n bytes above what the process holds between
/// micro-batches: b is what the model keeps of a token, a does not depend on the tokens. a is a chunk of logits (<see cref="OutputHead.DefaultChunkBytes"/>) and,
/// where a step has several micro-batches, one table <c>[V,H]</c> in which each but the first sums the gradient of the head, and of an
/// embedding tied to it (<see cref="DirectGradients"/>). Nothing else grows with the vocabulary but weights, gradients and moments.
/// </summary>
internal sealed record StepMemory
{
    /// <summary>Weights, their gradients and moments, as the optimiser holds them.</summary>
    public required long StateBytes { get; init; }

    /// <summary>a, for the only micro-batch of a step.</summary>
    public required long FixedBytes { get; init; }

    /// <summary>What a has more for one of several micro-batches: the table of their head's gradient. 16-bit gradients are moved to their float32 sum, and need none.</summary>
    public long SumBytes { get; init; }

    /// <summary>b; null when the model does not tell.</summary>
    public required long? BytesPerToken { get; init; }

    /// <summary>What may be taken beside the state.</summary>
    public required long RoomBytes { get; init; }

    /// <summary>Tokens of a micro-batch that the options ask for.</summary>
    public required int WantedTokens { get; init; }

    /// <summary>Most tokens, padding included, that fit at once; at least 0.</summary>
    public long TokensThatFit => BytesPerToken is { } each ? Math.Max(0, (RoomBytes - FixedBytes - SumBytes) / each) : long.MaxValue;

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
    /// <param name="tokens">Its tokens, padding included.</param>
    /// <param name="isOnly">Whether it is the only one of its step.</param>
    public long? PeakBytes(long tokens, bool isOnly = false) => StateBytes + FixedBytes + (isOnly ? 0 : SumBytes) + BytesPerToken * tokens;

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
            yield return $"memory: {Size(StateBytes)} for weights, gradients and moments + {Size(FixedBytes + SumBytes)} + {Size(BytesPerToken!.Value)} a token of a micro-batch = " +
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
        // Beside others each has gradients of its own anyway, the table among them.
        var table = head.requires_grad ? head.numel() * head.element_size() : 0;
        // An accelerator's memory is not the machine's, and is not predicted.
        var onHost = head.device_type == DeviceType.CPU;
        // The optimiser moves the weights: what they take now becomes free.
        var room = SystemMemory.Room(limit) - (state - held);
        var memory = new StepMemory
        {
            StateBytes = state,
            FixedBytes = lanes * (WithHoles(OutputHead.WorkingBytes(head, teacher is not null, microBatchTokens)) + ((policy as IActivationMemory)?.ActivationBytesBesideTokens ?? 2 * table) + (lanes > 1 ? held : 0)),
            SumBytes = lanes == 1 && head.element_size() >= sizeof(float) ? table : 0,
            BytesPerToken = onHost && PerToken(policy) is { } own && (teacher is null ? 0 : PerToken(teacher)) is { } others ? lanes * WithHoles(own + others) : null,
            RoomBytes = room,
            WantedTokens = microBatchTokens,
        };
        if (onHost && (room <= memory.FixedBytes + memory.SumBytes || memory.TokensThatFit == 0)) throw new InvalidOperationException(memory.TooSmall(1));
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
        $"The memory does not suffice: weights, gradients and moments take {Size(StateBytes)}, and a sequence of {tokens:N0} tokens {Size(FixedBytes + SumBytes + (BytesPerToken ?? 0) * tokens)} more, " +
        $"{Size(PeakBytes(tokens) ?? StateBytes + FixedBytes + SumBytes)} in all; {Size(Math.Max(0, StateBytes + RoomBytes))} are there. Shorten the sequences, train fewer parameters or a smaller model, or raise {nameof(KdrlTrainerOptions.MemoryLimit)}.";

    /// <summary>What blocks take of the allocator: its heap has holes between those of different life, up to a quarter where it was measured.</summary>
    private static long WithHoles(long bytes) => bytes * 5 / 4;

    private static long? PerToken(ICausalModel model) => (model as IActivationMemory)?.ActivationBytesPerToken;

    // Gradient in the weight's type and two moments; low precision adds the weight itself beside a float32 master, and a float32 sum of gradients.
    private static long StateBytesOf(ScalarType type) => type switch { ScalarType.Float64 => 32, ScalarType.Float32 => 16, _ => 20 };

    private static string Size(long bytes) => bytes switch { >= 1L << 30 => $"{bytes / (double)(1L << 30):0.0} GiB", >= 1 << 20 => $"{bytes / (double)(1 << 20):0.0} MiB", _ => $"{bytes / 1024.0:0.0} KiB" };
}
