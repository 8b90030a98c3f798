using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Scores many sequences without gradient, in micro-batches.</summary>
public static class BatchScorer
{
    /// <summary>Tokens of a micro-batch, padding included, unless told otherwise.</summary>
    public const int DefaultTokenBudget = 16_384;

    /// <summary>
    /// Natural log-probs of the tail of each sequence. A sequence's result does not depend on what else is in the batch, up
    /// to float rounding.
    /// </summary>
    /// <remarks>
    /// Runs on the caller's thread, which should be the model's <see cref="TorchThread"/>. A model that is a module is put
    /// into evaluation mode while it runs.
    /// </remarks>
    /// <param name="model">The model; the work is done on the device of its output weight.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="tokenBudget">Upper bound of rows × longest row of a micro-batch.</param>
    /// <returns>In the order of the sequences; each has <c>Tokens.Length − FirstScored</c> numbers.</returns>
    /// <exception cref="ArgumentException">A sequence is empty, or its first scored index is not in [1, length].</exception>
    public static float[][] LogProbs(
        ICausalModel model, IReadOnlyList<TokenSequence> sequences, double temperature = 1, int tokenBudget = DefaultTokenBudget)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        for (var i = 0; i < sequences.Count; i++) Check(sequences[i], i);
        var results = sequences.Select(s => new float[s.Tokens.Length - s.FirstScored]).ToArray();
        var wanted = Enumerable.Range(0, sequences.Count).Where(i => results[i].Length > 0).ToArray();
        var module = model as nn.Module;
        var wasTraining = module?.training ?? false;
        if (wasTraining) module!.eval();
        try
        {
            foreach (var batch in MicroBatches.Plan([.. wanted.Select(i => sequences[i].Tokens.Length)], tokenBudget))
                ScoreBatch(model, sequences, temperature, [.. batch.Select(b => wanted[b])], results);
        }
        finally
        {
            if (wasTraining) module!.train();
        }
        return results;
    }

    private static void ScoreBatch(
        ICausalModel model, IReadOnlyList<TokenSequence> sequences, double temperature, int[] batch, float[][] results)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var scores = new ScoredRows([.. batch.Select(i => sequences[i])], model.OutputWeight.device).Score(model, temperature);
        var length = scores.LogProbs.shape[1];
        var values = scores.LogProbs.ToNumbers<float>();
        for (var row = 0; row < batch.Length; row++)
            Array.Copy(values, row * length + sequences[batch[row]].FirstScored, results[batch[row]], 0, results[batch[row]].Length);
    }

    private static void Check(TokenSequence sequence, int index)
    {
        if (sequence.Tokens is not { Length: > 0 })
            throw new ArgumentException($"sequence {index} has no tokens; at least 1 is needed", nameof(sequence));
        if (sequence.FirstScored < 1 || sequence.FirstScored > sequence.Tokens.Length)
            throw new ArgumentException(
                $"sequence {index} of {sequence.Tokens.Length} tokens is to be scored from {sequence.FirstScored}; expected 1 to {sequence.Tokens.Length}, as nothing predicts token 0",
                nameof(sequence));
    }
}
