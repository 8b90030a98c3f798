using KdRl.Tensors;
using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>
/// An optimiser step with everything that concerns it as a whole already fixed: advantages, gates, coefficient, denominators
/// and importance weights. Any split of its rows into micro-batches gives losses, metrics and gradients that add up to the step's.
/// </summary>
/// <remarks>Dispose of it after the step. Its tensors lie in the dispose scope that was open when it was made.</remarks>
public sealed class PreparedStep : IDisposable
{
    private readonly KdrlOptions options;
    private readonly StepTerms terms;
    private readonly long[] widths;

    internal PreparedStep(KdrlOptions options, StepTerms terms, long[] widths, double beta, IReadOnlyDictionary<string, double> metrics)
    {
        (this.options, this.terms, this.widths) = (options, terms, widths);
        (Beta, Metrics) = (beta, metrics);
    }

    /// <summary>The coefficient of the teacher at this step.</summary>
    public double Beta { get; }

    /// <summary>Rows of the step.</summary>
    public long Rows => terms.Mask.shape[0];

    /// <summary>Tokens that the step's denominator counts.</summary>
    public long Tokens => (long)terms.Tokens;

    /// <summary>What concerns the step as a whole, by logged name: dead groups, unscored rows, importance weights.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>The objective of some rows.</summary>
    /// <param name="rows">Indices of the rows, <c>int64 [b]</c>, each at most once in the whole step.</param>
    /// <param name="logProbs">
    /// Log-probs of those rows under the policy, <c>float [b,T']</c>, with gradient: the first T' columns of the step; the rows
    /// have no valid token beyond them.
    /// </param>
    /// <param name="entropy">Entropy of the policy, <c>float [b,T']</c> in nats; needed when the entropy has a coefficient, otherwise only logged.</param>
    /// <param name="teacher">The teacher of those rows, first T' columns, where it is compared over more than the sampled token; null otherwise.</param>
    /// <returns>The share of these rows in the step.</returns>
    /// <exception cref="ArgumentException">Shapes differ, a row does not exist, or a valid token lies beyond the columns.</exception>
    public ObjectiveResult Evaluate(Tensor rows, Tensor logProbs, Tensor? entropy = null, TeacherDivergence? teacher = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(logProbs);
        if (rows.dim() != 1 || rows.dtype != ScalarType.Int64) throw new ArgumentException($"rows is {rows.dtype} with {rows.dim()} dimensions, expected int64 [b].", nameof(rows));
        if (logProbs.dim() != 2 || logProbs.shape[0] != rows.shape[0] || logProbs.shape[1] > terms.Mask.shape[1])
            throw TensorGuard.Shape(nameof(logProbs), logProbs, $"[{rows.shape[0]},T'] with T' ≤ {terms.Mask.shape[1]}");
        CheckRows(rows, logProbs.shape[1]);
        return Scoped(rows, logProbs, entropy, teacher);
    }

    /// <summary>
    /// Whether the loss is a sum over tokens, so that <see cref="EvaluateTokens"/> applies: no ratio, importance weight, penalty or
    /// discount ties the tokens of a response to each other.
    /// </summary>
    public bool IsSumOverTokens =>
        terms.SamplerLogProbs is null && options.Policy is { Kind: not PolicyLossKind.Gmpo, RatioLevel: RatioLevel.Token } && options.Distillation is not { Term.Discount: not 0 };

    /// <summary>The objective of some tokens, of any rows: as <see cref="Evaluate"/>, for a loss that is a sum over tokens.</summary>
    /// <param name="tokens">Row · T + column of each token in the step's <c>[B,T]</c>, <c>int64 [n]</c>; each valid token once in the whole step.</param>
    /// <param name="logProbs">Log-probs of those tokens under the policy, <c>float [n]</c>, with gradient.</param>
    /// <param name="entropy">Entropy of the policy at each, <c>float [n]</c> in nats; needed when the entropy has a coefficient.</param>
    /// <param name="teacher">The teacher of those tokens, <c>float [n]</c>, where it is compared over more than the sampled token; null otherwise.</param>
    /// <returns>The share of these tokens in the step.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    /// <exception cref="InvalidOperationException">The loss is no sum over tokens.</exception>
    public ObjectiveResult EvaluateTokens(Tensor tokens, Tensor logProbs, Tensor? entropy = null, TeacherDivergence? teacher = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(logProbs);
        if (!IsSumOverTokens) throw new InvalidOperationException("The loss ties the tokens of a response to each other; evaluate whole rows.");
        if (tokens.dim() != 1 || tokens.dtype != ScalarType.Int64) throw new ArgumentException($"tokens is {tokens.dtype} with {tokens.dim()} dimensions, expected int64 [n].", nameof(tokens));
        TensorGuard.Rows(logProbs, tokens.shape[0]);
        using var scope = NewDisposeScope();
        var columns = teacher is { } t ? new TeacherDivergence(t.PerToken.unsqueeze(1), t.LogProbs?.unsqueeze(1)) : (TeacherDivergence?)null;
        var result = Of(terms.Single(tokens.to(terms.Mask.device), logProbs.dtype), logProbs.unsqueeze(1), entropy?.unsqueeze(1), columns);
        result.MoveToOuterDisposeScope();
        return result;
    }

    /// <summary>The objective of the whole step.</summary>
    internal ObjectiveResult EvaluateAll(Tensor logProbs, Tensor? entropy, TeacherDivergence? teacher) =>
        Scoped(null, TensorGuard.Like(logProbs, terms.Mask), entropy, teacher);

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in terms.Tensors()) tensor.Dispose();
    }

    private ObjectiveResult Scoped(Tensor? rows, Tensor logProbs, Tensor? entropy, TeacherDivergence? teacher)
    {
        using var scope = NewDisposeScope();
        var result = Of(terms.Select(rows?.to(terms.Mask.device), logProbs.shape[1], logProbs.dtype), logProbs, entropy, teacher);
        result.MoveToOuterDisposeScope();
        return result;
    }

    private ObjectiveResult Of(StepTerms picked, Tensor logProbs, Tensor? entropy, TeacherDivergence? teacher)
    {
        var support = options.Distillation?.Term.Support ?? TeacherSupport.SampledToken;
        if (teacher is null && support != TeacherSupport.SampledToken && terms.TeacherRowWeights is not null)
            throw TensorGuard.Missing(nameof(TrainingBatch.TeacherDivergence), $"float [B,T] because Support is {support}");
        if (teacher is not null && support == TeacherSupport.SampledToken)
            throw TensorGuard.Superfluous(nameof(TrainingBatch.TeacherDivergence), $"Support is {support}");
        if (entropy is null && options.EntropyCoefficient != 0)
            throw new ArgumentException($"entropy is missing, expected one because EntropyCoefficient is {options.EntropyCoefficient}.", nameof(entropy));
        return new StepEvaluation(options, picked, Beta, teacher).Evaluate(logProbs, entropy);
    }

    private void CheckRows(Tensor rows, long width)
    {
        using var scope = NewDisposeScope();
        foreach (var row in rows.ToNumbers<long>())
        {
            if (row < 0 || row >= widths.Length) throw new ArgumentException($"rows holds {row}, expected 0 to {widths.Length - 1}.", nameof(rows));
            if (widths[row] > width)
                throw new ArgumentException($"Row {row} has a valid token in column {widths[row] - 1}, but the log-probs have {width} columns.", nameof(rows));
        }
    }
}
