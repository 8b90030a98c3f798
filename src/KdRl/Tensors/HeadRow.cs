using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KdRl.Tensors;

/// <summary>
/// A token's logits on a processor, with the formulas of <see cref="HeadChunk"/> and <see cref="HeadDivergence"/>: the row is read twice for
/// the scores and once for the gradient, from the cache, and nothing is written but the gradient.
/// </summary>
internal readonly struct HeadRow(LogitRow student, LogitRow? teacher, HeadFactors factors)
{
    // So many numbers are summed in float32, the sums of them in float64.
    private const int Stretch = 4096;

    private readonly LogitRow student = student, teacher = teacher ?? default;
    private readonly bool hasTeacher = teacher is not null;
    private readonly float inverse = factors.Inverse, teacherInverse = factors.TeacherInverse, beta = factors.Beta;

    /// <summary>log p of a token.</summary>
    public float LogProb(HeadRowScores scores, int token) => student[token] * inverse - scores.Normaliser;

    /// <summary>log q of a token.</summary>
    public float TeacherLogProb(HeadRowScores scores, int token) => teacher[token] * teacherInverse - scores.TeacherNormaliser;

    /// <summary>All about the row that needs no target.</summary>
    public HeadRowScores Scores()
    {
        // A copy, whose fields may stay in registers.
        var row = this;
        // With x = (z − max z) / τ and y the teacher's: Σ eˣ, Σ eˣ x, Σ eʸ, Σ eˣ (x − y), Σ eʸ (y − x).
        Vector256<float> max = Vector256.Create(student.Max()), teacherMax = Vector256.Create(hasTeacher ? teacher.Max() : 0);
        double sum = 0, moment = 0, teacherSum = 0, gap = 0, teacherGap = 0;
        for (var start = 0; start < row.student.Length; start += Stretch)
        {
            Vector256<float> s = default, m = default, t = default, g = default, h = default;
            var end = Math.Min(row.student.Length, start + Stretch);
            for (var i = start; i < end; i += LogitRow.Width)
            {
                var x = (row.student.Load(i) - max) * row.inverse;
                var p = VectorMath.Exp(x);
                s += p;
                m = Vector256.FusedMultiplyAdd(p, x, m);
                if (!row.hasTeacher) continue;
                var y = (row.teacher.Load(i) - teacherMax) * row.teacherInverse;
                var q = VectorMath.Exp(y);
                t += q;
                g = Vector256.FusedMultiplyAdd(p, x - y, g);
                h = Vector256.FusedMultiplyAdd(q, y - x, h);
            }
            sum += Vector256.Sum(s);
            moment += Vector256.Sum(m);
            if (!row.hasTeacher) continue;
            teacherSum += Vector256.Sum(t);
            gap += Vector256.Sum(g);
            teacherGap += Vector256.Sum(h);
        }

        var log = Math.Log(sum);
        var scores = new HeadRowScores((float)((double)max[0] * inverse + log), 0, 0, (float)(log - moment / sum), 0);
        if (!hasTeacher) return scores;
        var teacherLog = Math.Log(teacherSum);
        scores = scores with { TeacherNormaliser = (float)((double)teacherMax[0] * teacherInverse + teacherLog) };
        if (beta == 0) return scores with { Divergence = (float)(teacherGap / teacherSum - teacherLog + log) };
        if (beta != 1) return Mixed(scores);
        var divergence = (float)(gap / sum - log + teacherLog);
        return scores with { Lead = divergence, Divergence = divergence };
    }

    /// <summary>Writes τ times the gradient of the logits into a row, which may be the student's own.</summary>
    /// <param name="scores">The row's scores.</param>
    /// <param name="target">The token; −1: none.</param>
    /// <param name="ofLogProb">Gradient of its log-prob.</param>
    /// <param name="ofEntropy">Gradient of the entropy.</param>
    /// <param name="ofDivergence">Gradient of the divergence.</param>
    /// <param name="result">Where to.</param>
    public void Gradient(HeadRowScores scores, int target, float ofLogProb, float ofEntropy, float ofDivergence, LogitRow result)
    {
        var row = this;
        // p (−g − e (log p + H)) = p (constant − e log p).
        var constant = -ofEntropy * scores.Entropy;
        var atTarget = 0f;
        if (target >= 0)
        {
            // g + p (−g) of a p near 1 would have no digit left: g (1 − p) is written as −g (e^lp − 1).
            atTarget = row.At(scores, row.student[target] * Vector256<float>.One, (row.hasTeacher ? row.teacher[target] : 0) * Vector256<float>.One, constant, ofEntropy, ofDivergence)[0]
                - ofLogProb * (float)(Math.Exp(LogProb(scores, target)) - 1);
            constant -= ofLogProb;
        }
        for (var i = 0; i < row.student.Length; i += LogitRow.Width)
            result.Store(i, row.At(scores, row.student.Load(i), row.hasTeacher ? row.teacher.Load(i) : default, constant, ofEntropy, ofDivergence));
        if (target >= 0) result[target] = atTarget;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> At(in HeadRowScores scores, Vector256<float> logits, Vector256<float> teacherLogits, float constant, float ofEntropy, float ofDivergence)
    {
        var logProbs = logits * inverse - Vector256.Create(scores.Normaliser);
        var p = VectorMath.Exp(logProbs);
        var sum = p * (Vector256.Create(constant) - ofEntropy * logProbs);
        return hasTeacher ? sum + ofDivergence * Slope(logProbs, p, teacherLogits * teacherInverse - Vector256.Create(scores.TeacherNormaliser), scores.Lead) : sum;
    }

    /// <summary>τ ∂D/∂z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Slope(Vector256<float> logProbs, Vector256<float> p, Vector256<float> teacherLogProbs, float lead) => beta == 1
        ? p * (logProbs - teacherLogProbs - Vector256.Create(lead))
        : OtherSlope(logProbs, p, VectorMath.Exp(teacherLogProbs), lead);

    private Vector256<float> OtherSlope(Vector256<float> logProbs, Vector256<float> p, Vector256<float> q, float lead) =>
        beta == 0 ? p - q : (1 - beta) * p * (logProbs - LogMixture(p, q) - Vector256.Create(lead));

    /// <summary>The divergence for 0 &lt; β &lt; 1, which needs both distributions first.</summary>
    private HeadRowScores Mixed(HeadRowScores scores)
    {
        double lead = 0, teacherLead = 0;
        for (var i = 0; i < student.Length; i += LogitRow.Width)
        {
            var (logProbs, teacherLogProbs) = (student.Load(i) * inverse - Vector256.Create(scores.Normaliser), teacher.Load(i) * teacherInverse - Vector256.Create(scores.TeacherNormaliser));
            var (p, q) = (VectorMath.Exp(logProbs), VectorMath.Exp(teacherLogProbs));
            var mixture = LogMixture(p, q);
            lead += Vector256.Sum(p * (logProbs - mixture));
            teacherLead += Vector256.Sum(q * (teacherLogProbs - mixture));
        }

        return scores with { Lead = (float)lead, Divergence = (float)(beta * teacherLead + (1 - beta) * lead) };
    }

    /// <summary>log m; where both distributions are 0, of the smallest number, which is then multiplied by 0.</summary>
    private Vector256<float> LogMixture(Vector256<float> p, Vector256<float> q) =>
        Vector256.Log(Vector256.Max((1 - beta) * p + beta * q, Vector256.Create(1.17549435e-38f)));
}
