using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Log-probs, entropy and reverse KL straight from hidden states and head weight. Logits are formed for a few rows at a time
/// and formed again in the backward pass, so memory does not grow with batch × vocabulary.
/// </summary>
public static class OutputHead
{
    /// <summary>Logits of a model held at once, unless told otherwise: 96 MiB. Larger chunks read and write the weight and its gradient less often.</summary>
    public const long DefaultChunkBytes = 96L << 20;

    // A block of tensor operations and what is computed of it stay in the cache.
    private const long BlockBytes = 4L << 20;

    /// <summary>
    /// lp = log softmax(hidden · weightᵀ / temperature)[target]; H = −Σ_v p_v log p_v; with a teacher also
    /// its divergence from the student. All are differentiable in hidden and weight; the gradient never reaches the teacher.
    /// </summary>
    /// <param name="hidden">Hidden states, <c>[N,H]</c>, of a floating-point dtype; N may be 0.</param>
    /// <param name="weight">Output head, <c>[V,H]</c>, of the same dtype.</param>
    /// <param name="targets">Token whose log-prob is wanted, <c>int64 [N]</c>, each in [0, V).</param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="withEntropy">Whether to compute the entropy too, in nats.</param>
    /// <param name="chunkBytes">
    /// Upper bound of the logits held at once, in bytes of their dtype; at least one row is held. A teacher's are held beside them. When all
    /// rows and their gradient fit, the backward pass uses the kept logits instead of forming them again. Null: <see cref="DefaultChunkBytes"/>, or
    /// for bfloat16 and float16 as many as make at most 32 chunks.
    /// </param>
    /// <param name="teacher">The teacher to compare with over the whole vocabulary; null: none.</param>
    /// <returns>
    /// <c>float32 [N]</c> (<c>float64</c> for float64 input). bfloat16 and float16 input is multiplied in its own dtype; softmax
    /// and everything summed over the vocabulary are in float32, and so is the sum of the weight gradient over more than 32 chunks.
    /// </returns>
    /// <exception cref="ArgumentException">Wrong shape, dtype, device, target or temperature.</exception>
    public static TokenScores Score(Tensor hidden, Tensor weight, Tensor targets, double temperature = 1, bool withEntropy = false,
        long? chunkBytes = null, TeacherHead? teacher = null)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(hidden, weight, targets, temperature, withEntropy, chunkBytes, teacher);
        var rows = Run(hidden, weight, inputs);
        return inputs.Settings.Scores(rows).Select(row => row.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// A loss that is a sum over tokens, with logits formed once: where <see cref="Score"/> forms them again in the backward pass, here each
    /// chunk's loss is differentiated as soon as the chunk is scored. A quarter less work for a large vocabulary, in the same memory.
    /// </summary>
    /// <param name="hidden">Hidden states, <c>[N,H]</c>, of a floating-point dtype; N may be 0.</param>
    /// <param name="weight">Output head, <c>[V,H]</c>, of the same dtype.</param>
    /// <param name="targets">Token whose log-prob is wanted, <c>int64 [N]</c>, each in [0, V).</param>
    /// <param name="lossOf">
    /// The loss of some tokens, a scalar, from the number of the first and their scores <c>[n]</c>; called chunk after chunk, once each. The
    /// scores are leaves: gradient flows through them and through nothing else.
    /// </param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="withEntropy">Whether to compute the entropy too, in nats.</param>
    /// <param name="chunkBytes">Upper bound of the logits held at once, as for <see cref="Score"/>.</param>
    /// <param name="teacher">The teacher to compare with over the whole vocabulary; null: none.</param>
    /// <returns>The sum of the losses, a scalar, differentiable in hidden and weight.</returns>
    /// <exception cref="ArgumentException">Wrong shape, dtype, device, target or temperature.</exception>
    public static Tensor Reduce(Tensor hidden, Tensor weight, Tensor targets, Func<long, TokenScores, Tensor> lossOf, double temperature = 1,
        bool withEntropy = false, long? chunkBytes = null, TeacherHead? teacher = null) =>
        LossOf(hidden, weight, targets, lossOf, temperature, withEntropy, chunkBytes, teacher, direct: null);

    /// <summary>
    /// <see cref="Reduce"/> for a loss that will be differentiated
    /// once, with gradient 1: under <see cref="DirectGradients"/> the weight's gradient is added to its table before this returns.
    /// </summary>
    internal static Tensor ReduceOnce(Tensor hidden, Tensor weight, Tensor targets, Func<long, TokenScores, Tensor> lossOf, double temperature, TeacherHead? teacher) =>
        // Without a gradient of the hidden states nothing would be left of the loss to be differentiated.
        LossOf(hidden, weight, targets, lossOf, temperature, withEntropy: true, null, teacher, hidden.requires_grad ? DirectGradients.For(weight) : null);

    private static Tensor LossOf(Tensor hidden, Tensor weight, Tensor targets, Func<long, TokenScores, Tensor> lossOf, double temperature, bool withEntropy,
        long? chunkBytes, TeacherHead? teacher, DirectGradients.Table? direct)
    {
        ArgumentNullException.ThrowIfNull(lossOf);
        using var scope = NewDisposeScope();
        var inputs = Inputs(hidden, weight, targets, temperature, withEntropy, chunkBytes, teacher);
        return HeadLossFunction.apply(hidden, weight, inputs, lossOf, direct!).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Exact reverse KL per token: KL = Σ_v p_v (log p_v − log q_v), where p is the student's and q the teacher's distribution
    /// over the whole vocabulary, both at the temperature. Gradient flows through the student only.
    /// </summary>
    /// <param name="studentHidden">Student hidden states, <c>[N,H]</c>; N may be 0.</param>
    /// <param name="studentWeight">Student head, <c>[V,H]</c>, of the same dtype.</param>
    /// <param name="teacherHidden">Teacher hidden states of the same tokens, <c>[N,H']</c>.</param>
    /// <param name="teacherWeight">Teacher head over the same vocabulary, <c>[V,H']</c>, of the teacher's dtype.</param>
    /// <param name="temperature">Divides the logits of both; positive.</param>
    /// <param name="chunkBytes">Upper bound of the student's logits held at once; the teacher's are held beside them.</param>
    /// <returns>
    /// <c>float32 [N]</c> (<c>float64</c> for a float64 student); not negative beyond rounding. The gradient in the student's
    /// logits z is ∂KL/∂z_v = p_v (log p_v − log q_v − KL) / temperature.
    /// </returns>
    /// <exception cref="ArgumentException">Wrong shape, dtype, device or temperature.</exception>
    public static Tensor ReverseKl(Tensor studentHidden, Tensor studentWeight, Tensor teacherHidden, Tensor teacherWeight,
        double temperature = 1, long? chunkBytes = null)
    {
        CheckPair(studentHidden, studentWeight, nameof(studentHidden), nameof(studentWeight));
        var teacher = new TeacherHead(teacherHidden, teacherWeight, temperature);
        CheckTeacher(studentHidden, studentWeight, teacher);
        using var scope = NewDisposeScope();
        var settings = Settings(studentHidden, studentWeight, temperature, chunkBytes, teacher) with { WithTargets = false };
        return Run(studentHidden, studentWeight, new HeadInputs(settings, null, teacherHidden.detach(), teacherWeight.detach()))
            .select(0, settings.DivergenceRow).MoveToOuterDisposeScope();
    }

    /// <summary>What is asked about tokens with targets, checked.</summary>
    private static HeadInputs Inputs(
        Tensor hidden, Tensor weight, Tensor targets, double temperature, bool withEntropy, long? chunkBytes, TeacherHead? teacher)
    {
        CheckPair(hidden, weight, nameof(hidden), nameof(weight));
        CheckTargets(hidden, weight, targets);
        if (teacher is { } head) CheckTeacher(hidden, weight, head);
        var settings = Settings(hidden, weight, temperature, chunkBytes, teacher) with { WithEntropy = withEntropy };
        return new HeadInputs(settings, targets, teacher?.Hidden.detach(), teacher?.Weight.detach());
    }

    private static Tensor Run(Tensor hidden, Tensor weight, HeadInputs inputs) => is_grad_enabled() && (hidden.requires_grad || weight.requires_grad)
        ? HeadFunction.apply(hidden, weight, inputs, DirectGradients.For(weight)!)
        : HeadFunction.Forward(hidden, weight, inputs, out _);

    private static HeadSettings Settings(Tensor hidden, Tensor weight, double temperature, long? chunkBytes, TeacherHead? teacher)
    {
        TensorChecks.Positive(temperature, nameof(temperature));
        if (chunkBytes is { } bound) ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1, nameof(chunkBytes));
        var dtype = SoftmaxType(hidden.dtype);
        var blockRows = Math.Max(1, BlockBytes / (weight.shape[0] * Bytes(dtype)));
        return new HeadSettings(dtype, temperature, chunkBytes is { } most ? Math.Max(1, most / RowBytes(weight)) : ChunkRows(weight, hidden.shape[0]), blockRows)
        {
            WithTeacher = teacher is not null,
            TeacherTemperature = teacher?.Temperature ?? 1,
            Beta = teacher?.Beta ?? 1,
        };
    }

    /// <summary>Whether the logits of so many tokens are kept for the backward pass rather than formed again, with chunks of the default size.</summary>
    internal static bool AreKept(long tokens, Tensor weight) => HeadSettings.AreKept(tokens, ChunkRows(weight, tokens));

    /// <summary>Bytes that a pass over at most so many tokens holds besides the gradients: the tables of a chunk, and some blocks of their softmax.</summary>
    internal static long WorkingBytes(Tensor weight, bool withTeacher, long tokens)
    {
        using var table = weight.t();
        var row = RowBytes(weight);
        return (withTeacher ? 2 : 1) * row * Math.Min(ChunkRows(weight, tokens), 2 * tokens) + (HeadKernel.Handles(table) ? 0 : 6 * Math.Max(BlockBytes, 2 * row));
    }

    /// <summary>
    /// Tokens of a chunk of the default size. A low-precision gradient of the weight is summed in its own dtype over at most 32 chunks
    /// (<see cref="HeadGradient"/>): larger chunks take less memory than a float32 sum.
    /// </summary>
    private static long ChunkRows(Tensor weight, long tokens)
    {
        var rows = Math.Max(1, DefaultChunkBytes / RowBytes(weight));
        return Bytes(weight.dtype) == 2 ? Math.Max(rows, (tokens + HeadGradient.MostRoundings - 1) / HeadGradient.MostRoundings) : rows;
    }

    private static long RowBytes(Tensor weight) => weight.shape[0] * Bytes(weight.dtype);

    private static long Bytes(ScalarType type) => type switch { ScalarType.Float64 => 8, ScalarType.Float32 => 4, _ => 2 };

    private static ScalarType SoftmaxType(ScalarType type) => type == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static void CheckTeacher(Tensor hidden, Tensor weight, TeacherHead teacher)
    {
        const string teacherHidden = "teacherHidden", teacherWeight = "teacherWeight";
        CheckPair(teacher.Hidden, teacher.Weight, teacherHidden, teacherWeight);
        TensorChecks.Shape(teacher.Hidden, teacherHidden, [hidden.shape[0], teacher.Hidden.shape[1]], "one row for each student row");
        TensorChecks.Shape(teacher.Weight, teacherWeight, [weight.shape[0], teacher.Weight.shape[1]], "the student's vocabulary");
        TensorChecks.Device(teacher.Hidden, teacherHidden, hidden.device);
        TensorChecks.Positive(teacher.Temperature, "teacherTemperature");
        if (!(teacher.Beta is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(teacher), teacher.Beta, $"Beta must lie in [0, 1]; found {teacher.Beta}.");
    }

    private static void CheckPair(Tensor hidden, Tensor weight, string hiddenName, string weightName)
    {
        ArgumentNullException.ThrowIfNull(weight, weightName);
        TensorChecks.Floating(hidden, hiddenName);
        TensorChecks.Type(weight, weightName, hidden.dtype);
        TensorChecks.Layout(hidden, hiddenName, 2, "[N,H]");
        TensorChecks.Layout(weight, weightName, 2, "[V,H]");
        TensorChecks.Shape(weight, weightName, [weight.shape[0], hidden.shape[1]], "with the width of the hidden states");
        TensorChecks.Device(weight, weightName, hidden.device);
        if (weight.shape[0] == 0) throw new ArgumentException($"{weightName} has no rows; a vocabulary of at least 1 is needed", weightName);
    }

    private static void CheckTargets(Tensor hidden, Tensor weight, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        TensorChecks.Type(targets, nameof(targets), ScalarType.Int64);
        TensorChecks.Shape(targets, nameof(targets), [hidden.shape[0]], "one for each hidden state");
        TensorChecks.Device(targets, nameof(targets), hidden.device);
        // On an accelerator the check would wait for the device; its own kernel checks there.
        if (targets.device_type != DeviceType.CPU || targets.shape[0] == 0) return;
        using var scope = NewDisposeScope();
        var (least, most) = (targets.min().item<long>(), targets.max().item<long>());
        if (least < 0 || most >= weight.shape[0])
            throw new ArgumentException($"targets has values in [{least},{most}]; expected [0,{weight.shape[0]})", nameof(targets));
    }
}
