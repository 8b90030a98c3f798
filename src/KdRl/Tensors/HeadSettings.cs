using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// How the head's kernel works through the tokens and which rows it gives, in this order: log-prob of the target, entropy,
/// divergence from the teacher, the teacher's log-prob of the target (only where both are there, and without gradient).
/// </summary>
/// <param name="Dtype">Dtype of softmax and results.</param>
/// <param name="Temperature">Divides the logits.</param>
/// <param name="ChunkRows">Tokens whose logits exist at once, in the dtype of the head.</param>
/// <param name="BlockRows">Tokens of a chunk whose softmax is taken at once.</param>
internal sealed record HeadSettings(ScalarType Dtype, double Temperature, long ChunkRows, long BlockRows)
{
    /// <summary>Whether there are target tokens.</summary>
    public bool WithTargets { get; init; } = true;

    /// <summary>Whether the entropy is wanted.</summary>
    public bool WithEntropy { get; init; }

    /// <summary>Whether there is a teacher to compare with.</summary>
    public bool WithTeacher { get; init; }

    /// <summary>Divides the teacher's logits.</summary>
    public double TeacherTemperature { get; init; } = 1;

    /// <summary>Which divergence: 1 the reverse KL, 0 the forward KL, between them the generalised Jensen-Shannon divergence.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>Number of the entropy's row.</summary>
    public int EntropyRow => WithTargets ? 1 : 0;

    /// <summary>Number of the divergence's row.</summary>
    public int DivergenceRow => EntropyRow + (WithEntropy ? 1 : 0);

    /// <summary>Rows in all.</summary>
    public int Rows => DivergenceRow + (WithTeacher ? WithTargets ? 2 : 1 : 0);

    /// <summary>Tensors of the inputs.</summary>
    public int Tensors => (WithTargets ? 1 : 0) + (WithTeacher ? 2 : 0);

    /// <summary>Whether the tables of a pass are kept until its backward pass: they and the gradient of the logits together are no more than a chunk.</summary>
    public static bool AreKept(long tokens, long chunkRows) => 2 * tokens <= chunkRows;

    /// <summary>The rows by name.</summary>
    /// <param name="rows"><c>[rows,N]</c>, targets among them.</param>
    public TokenScores Scores(Tensor rows) => new(rows.select(0, 0), WithEntropy ? rows.select(0, EntropyRow) : null)
    {
        Divergence = WithTeacher ? rows.select(0, DivergenceRow) : null,
        TeacherLogProbs = WithTeacher ? rows.select(0, DivergenceRow + 1).detach() : null,
    };

    /// <summary>First token and number of tokens of each chunk.</summary>
    public IEnumerable<(long Start, long Count)> Chunks(long tokens) => Split(tokens, ChunkRows);

    /// <summary>First token and number of tokens of each block of a chunk.</summary>
    public IEnumerable<(long Start, long Count)> Blocks(long tokens) => Split(tokens, BlockRows);

    /// <summary>Divides by a temperature in place.</summary>
    public static Tensor Scale(Tensor values, double temperature)
    {
        if (temperature == 1) return values;
        using var inverse = (1 / temperature).ToScalar();
        return values.mul_(inverse);
    }

    private static IEnumerable<(long Start, long Count)> Split(long tokens, long rows)
    {
        for (var start = 0L; start < tokens; start += rows) yield return (start, Math.Min(rows, tokens - start));
    }
}
