using KdRl.Rollouts;
using KdRl.Tensors;

namespace KdRl.Distillation;

/// <summary>A teacher that is a model in this process.</summary>
/// <remarks>Disposes neither the model nor its thread.</remarks>
public sealed class ModelTeacher : IDistributionTeacher
{
    private readonly int tokenBudget;

    /// <summary>Wraps a model.</summary>
    /// <param name="model">The model; it must read the same token ids as the policy.</param>
    /// <param name="thread">The thread on which the model runs.</param>
    /// <param name="temperature">
    /// Divides the teacher's logits; positive. The student's sampling temperature compares both under the same scaling. The
    /// default value is 1.
    /// </param>
    /// <param name="tokenBudget">
    /// Upper bound of rows × longest row of one forward pass. The default value is <see cref="BatchScorer.DefaultTokenBudget"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">Temperature or budget is not positive.</exception>
    public ModelTeacher(
        ICausalModel model, TorchThread thread, double temperature = 1, int tokenBudget = BatchScorer.DefaultTokenBudget)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(thread);
        TensorChecks.Positive(temperature, nameof(temperature));
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenBudget, 1);
        (Model, Thread, Temperature, this.tokenBudget) = (model, thread, temperature, tokenBudget);
    }

    /// <inheritdoc/>
    public ICausalModel Model { get; }

    /// <inheritdoc/>
    public TorchThread Thread { get; }

    /// <inheritdoc/>
    public double Temperature { get; }

    /// <inheritdoc />
    /// <remarks>No gradient; a rollout's numbers do not depend on the others, up to float rounding.</remarks>
    /// <exception cref="ArgumentException">A rollout has an empty prompt, so that nothing predicts its first completion token.</exception>
    public async Task<IReadOnlyList<float[]>> LogProbsAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        var sequences = rollouts.Select(r => new TokenSequence(r.PromptTokens, r.CompletionTokens)).ToArray();
        return await Thread.RunAsync(() => BatchScorer.LogProbs(Model, sequences, Temperature, tokenBudget), ct).ConfigureAwait(false);
    }
}
