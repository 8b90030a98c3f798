using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Some tokens on their way through the head: the logits exist for these alone. With p = softmax(z / τ) of the student, q of the
/// teacher, and g, e, k the gradients of lp = log p(target), H = −Σ p log p and the divergence D of p and q:
/// ∂/∂z_v = [g 1[v = target] + p_v (−g − e (log p_v + H)) + k s_v] / τ, where s is the slope of <see cref="HeadDivergence"/>.
/// </summary>
internal sealed class HeadChunk
{
    private readonly HeadInputs inputs;
    private readonly Tensor? target;
    private readonly Tensor student;
    private readonly Func<Tensor> teacher;
    private Tensor? slope;

    private HeadChunk(HeadInputs inputs, Tensor? target, Tensor student, Func<Tensor> teacher, Tensor? slope = null) =>
        (this.inputs, this.target, this.student, this.teacher, this.slope) = (inputs, target, student, teacher, slope);

    /// <summary>What <see cref="LogitGradient"/> needs when all tokens are one chunk: log p and the slope of the divergence.</summary>
    public IEnumerable<Tensor> Tables => new[] { student, slope }.OfType<Tensor>();

    /// <summary>Forms the logits of some tokens.</summary>
    /// <param name="hidden">Hidden states of all tokens.</param>
    /// <param name="weight">The head.</param>
    /// <param name="inputs">What is asked, for all tokens.</param>
    /// <param name="start">First token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="logProbs">Log-probs of all targets when they are known: one pass over the logits less. Null: they are not.</param>
    public static HeadChunk Form(Tensor hidden, Tensor weight, HeadInputs inputs, long start, long count, Tensor? logProbs = null)
    {
        var target = inputs.Targets?.narrow(0, start, count).unsqueeze(1);
        var logits = Logits(hidden, weight, inputs.Settings.Temperature);
        // log softmax(z) = z − logsumexp(z), and the log-prob of a target tells logsumexp(z) = z_target − lp.
        var student = logProbs is null ? logits.log_softmax(-1) : logits.sub_(logits.gather(1, target!).sub_(logProbs.narrow(0, start, count).unsqueeze(1)));
        return new HeadChunk(inputs, target, student, () => Logits(inputs.TeacherHidden!, inputs.TeacherWeight!, inputs.Settings.TeacherTemperature).log_softmax(-1));

        Tensor Logits(Tensor of, Tensor head, double temperature) =>
            HeadSettings.Scale(nn.functional.linear(of.narrow(0, start, count), head).to(inputs.Settings.Dtype), temperature);
    }

    /// <summary>All tokens from their <see cref="Tables"/>.</summary>
    public static HeadChunk Of(HeadInputs inputs, IReadOnlyList<Tensor> tables) =>
        new(inputs, inputs.Targets?.unsqueeze(1), tables[0], () => throw new InvalidOperationException("The slope is kept."), tables.Count > 1 ? tables[1] : null);

    /// <summary>The rows of <see cref="HeadSettings"/>, <c>[rows,count]</c>.</summary>
    /// <param name="keepSlope">Whether the gradient will be asked for.</param>
    public Tensor Scores(bool keepSlope)
    {
        var settings = inputs.Settings;
        List<Tensor> rows = [];
        if (target is not null) rows.Add(student.gather(1, target).squeeze(1));
        if (settings.WithEntropy || settings.WithTeacher)
        {
            var probs = student.exp();
            if (settings.WithEntropy) rows.Add(probs.mul(student).sum(-1).neg());
            if (settings.WithTeacher)
            {
                var other = teacher();
                var (divergence, slopeOf) = HeadDivergence.Of(student, probs, other, settings.Beta);
                rows.Add(divergence);
                if (target is not null) rows.Add(other.gather(1, target).squeeze(1));
                if (keepSlope) slope = slopeOf();
            }
        }
        return stack([.. rows]);
    }

    /// <summary>τ times the gradient of the logits, <c>[count,V]</c>; a fresh tensor.</summary>
    /// <param name="scores">The chunk's scores.</param>
    /// <param name="upstream">Their gradients, <c>[rows,count]</c>.</param>
    public Tensor LogitGradient(Tensor scores, Tensor upstream)
    {
        var settings = inputs.Settings;
        var probs = student.exp();
        // The slope reads p before the pull is multiplied into it.
        var ofDivergence = !settings.WithTeacher ? null : slope ?? HeadDivergence.Of(student, probs, teacher(), settings.Beta).Slope();
        var pull = target is null ? null : Gradient(0).neg();
        if (settings.WithEntropy)
            pull = Sum(pull, student.add(scores.select(0, settings.EntropyRow).unsqueeze(1), Scalars.One).mul_(Gradient(settings.EntropyRow).neg()));
        var logits = pull is null ? null : probs.mul_(pull);
        if (ofDivergence is not null) logits = Sum(logits, ofDivergence.mul(Gradient(settings.DivergenceRow)));
        return target is null ? logits! : logits!.scatter_add_(1, target, Gradient(0));

        Tensor Gradient(int row) => upstream.select(0, row).unsqueeze(1);
    }

    /// <summary>A table plus a column or another table, in the place of the first.</summary>
    private static Tensor Sum(Tensor? other, Tensor table) => other is null ? table : table.add_(other, Scalars.One);
}
