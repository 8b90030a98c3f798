using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Some tokens on their way through the head: the logits exist for these alone. With p = softmax(z / τ) of the student, q of the
/// teacher, and g, e, k the gradients of lp = log p(target), H = −Σ p log p and the divergence D of p and q:
/// ∂/∂z_v = [g 1[v = target] + p_v (−g − e (log p_v + H)) + k s_v] / τ, where s is the slope of <see cref="HeadDivergence"/>.
/// </summary>
/// <remarks>
/// Tables have the dtype of the head, so that bfloat16 logits take half the memory. On a processor <see cref="HeadKernel"/> computes from them;
/// the tables hold the logits, at last the first holds the gradient. Elsewhere tensor operations compute in the softmax dtype for one block of
/// tokens after the other: the first table holds z, then p, at last the gradient; the second the teacher's logits, then s.
/// </remarks>
internal sealed class HeadChunk
{
    // The smallest normal float32.
    private static readonly Scalar Least = 1.17549435e-38.ToScalar();

    private readonly HeadInputs inputs;
    private readonly Tensor? target;
    private readonly Tensor student;
    private readonly Tensor? teacher;
    private readonly bool isKept;
    private Tensor? state;

    private HeadChunk(HeadInputs inputs, Tensor? target, Tensor student, Tensor? teacher, Tensor? state = null, bool isKept = false) =>
        (this.inputs, this.target, this.student, this.teacher, this.state, this.isKept) = (inputs, target, student, teacher, state, isKept);

    /// <summary>The tables, which after <see cref="Scores"/> hold what <see cref="LogitGradient"/> needs.</summary>
    public IEnumerable<Tensor> Tables => new[] { student, teacher, state }.OfType<Tensor>();

    /// <summary>Room for the tables of the largest chunk: student's, teacher's. Used for each chunk in turn.</summary>
    public static Tensor[] Room(Tensor hidden, Tensor weight, HeadInputs inputs)
    {
        var rows = Math.Min(inputs.Settings.ChunkRows, hidden.shape[0]);
        return [.. new[] { weight, inputs.TeacherWeight }.OfType<Tensor>().Select(head => empty([rows, head.shape[0]], head.dtype, head.device))];
    }

    /// <summary>Forms the logits of some tokens.</summary>
    /// <param name="hidden">Hidden states of all tokens.</param>
    /// <param name="weight">The head.</param>
    /// <param name="inputs">What is asked, for all tokens.</param>
    /// <param name="start">First token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="room">Where the tables lie (<see cref="Room"/>).</param>
    public static HeadChunk Form(Tensor hidden, Tensor weight, HeadInputs inputs, long start, long count, Tensor[] room)
    {
        return new HeadChunk(inputs, inputs.Targets?.narrow(0, start, count).unsqueeze(1), Logits(hidden, weight, room[0]),
            inputs.Settings.WithTeacher ? Logits(inputs.TeacherHidden!, inputs.TeacherWeight!, room[1]) : null);

        // With β = 0 what lay in the room before is not read.
        Tensor Logits(Tensor of, Tensor head, Tensor room) => room.narrow(0, 0, count).addmm_(of.narrow(0, start, count), head.t(), 0, 1);
    }

    /// <summary>All tokens from their <see cref="Tables"/>, which stay as they are.</summary>
    public static HeadChunk Of(HeadInputs inputs, IReadOnlyList<Tensor> tables)
    {
        var teacher = inputs.Settings.WithTeacher ? tables[1] : null;
        return new HeadChunk(inputs, inputs.Targets?.unsqueeze(1), tables[0], teacher, HeadKernel.Handles(tables[0], teacher) ? tables[^1] : null, isKept: true);
    }

    /// <summary>The rows of <see cref="HeadSettings"/>, <c>[rows,count]</c>; to be called once.</summary>
    /// <param name="keep">Whether the gradient will be asked for.</param>
    public Tensor Scores(bool keep)
    {
        if (HeadKernel.Handles(student, teacher))
        {
            (var rows, state) = HeadKernel.Scores(inputs.Settings, target, student, teacher);
            return rows;
        }
        List<Tensor> blocks = [];
        foreach (var (start, count) in inputs.Settings.Blocks(student.shape[0]))
        {
            using var scope = NewDisposeScope();
            blocks.Add(BlockScores(start, count, keep).MoveToOuterDisposeScope());
        }
        return blocks.Count == 1 ? blocks[0] : cat(blocks, -1);
    }

    /// <summary>τ times the gradient of the logits, <c>[count,V]</c> in the dtype of the head.</summary>
    /// <param name="scores">The chunk's scores.</param>
    /// <param name="upstream">Their gradients, <c>[rows,count]</c>.</param>
    public Tensor LogitGradient(Tensor scores, Tensor upstream)
    {
        var settings = inputs.Settings;
        var result = isKept ? empty_like(student) : student;
        if (state is not null)
        {
            HeadKernel.Gradient(settings, target, student, teacher, scores, state, upstream, result);
            return result;
        }
        // The entropy is often only watched: then its part, which needs a logarithm, is zero.
        var pulls = settings.WithEntropy && upstream.select(0, settings.EntropyRow).any().item<bool>();
        foreach (var (start, count) in settings.Blocks(student.shape[0]))
        {
            using var scope = NewDisposeScope();
            result.narrow(0, start, count).copy_(BlockGradient(start, count, scores.narrow(1, start, count), upstream.narrow(1, start, count), pulls));
        }
        return result;
    }

    private Tensor BlockScores(long start, long count, bool keep)
    {
        var settings = inputs.Settings;
        var chosen = target?.narrow(0, start, count);
        var (logProbs, probs) = Distribution(student, settings.Temperature);
        List<Tensor> rows = [];
        if (chosen is not null) rows.Add(logProbs.gather(1, chosen).squeeze(1));
        if (settings.WithEntropy) rows.Add(probs.mul(logProbs).sum(-1).neg());
        if (teacher is not null)
        {
            var (other, otherProbs) = Distribution(teacher, settings.TeacherTemperature);
            var (divergence, slopeOf) = HeadDivergence.Of(logProbs, probs, other, otherProbs, settings.Beta);
            rows.Add(divergence);
            if (chosen is not null) rows.Add(other.gather(1, chosen).squeeze(1));
            if (keep) teacher.narrow(0, start, count).copy_(slopeOf());
        }
        if (keep) student.narrow(0, start, count).copy_(probs);
        return stack([.. rows]);

        (Tensor LogProbs, Tensor Probs) Distribution(Tensor table, double temperature)
        {
            var logits = HeadSettings.Scale(table.narrow(0, start, count).to(settings.Dtype), temperature);
            var p = logits.softmax(-1);
            // log Σ exp z = max z − log max p. An exp or a log of the whole table would take several times as long as its softmax.
            return (logits.sub_(logits.amax([-1], true).sub_(p.amax([-1], true).log_())), p);
        }
    }

    private Tensor BlockGradient(long start, long count, Tensor scores, Tensor upstream, bool entropyPulls)
    {
        var settings = inputs.Settings;
        var probs = student.narrow(0, start, count).to(settings.Dtype);
        var slope = teacher?.narrow(0, start, count).to(settings.Dtype);
        Tensor? pull = null, chosen = target?.narrow(0, start, count), atTarget = null;
        if (chosen is not null)
        {
            pull = Gradient(0).neg();
            // Written out, because g + p (−g) of a rounded p near 1 has no digit left: g (1 − p) = −g (e^lp − 1).
            atTarget = pull.mul(LogProbs().expm1());
        }
        if (entropyPulls)
        {
            var (entropy, gradient) = (scores.select(0, settings.EntropyRow).unsqueeze(1), Gradient(settings.EntropyRow));
            atTarget?.sub_(LogProbs().add(entropy, Scalars.One).mul_(LogProbs().exp()).mul_(gradient));
            // p = 0 has no logarithm, and no part in the gradient.
            var ofEntropy = probs.clamp_min(Least).log_().add_(entropy, Scalars.One).mul_(gradient.neg());
            pull = pull is null ? ofEntropy : ofEntropy.add_(pull, Scalars.One);
        }
        var result = pull is null ? null : probs.mul(pull);
        if (slope is not null)
        {
            slope = slope.mul(Gradient(settings.DivergenceRow));
            atTarget?.add_(slope.gather(1, chosen!), Scalars.One);
            result = result?.add_(slope, Scalars.One) ?? slope;
        }
        return chosen is null ? result! : result!.scatter_(1, chosen, atTarget!);

        Tensor LogProbs() => scores.select(0, 0).unsqueeze(1);
        Tensor Gradient(int row) => upstream.select(0, row).unsqueeze(1);
    }
}
