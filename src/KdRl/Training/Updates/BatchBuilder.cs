using KdRl.Objectives;
using KdRl.Rollouts;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>Rows in, tensors out: one row a rollout, prompt then completion, padded on the right.</summary>
internal static class BatchBuilder
{
    /// <summary>Builds the batch of an optimiser step.</summary>
    /// <param name="step">The rows.</param>
    /// <param name="hasReward">Whether the run has a reward; without one the batch has no scores.</param>
    /// <param name="oldLogProbs">The policy's log-probs at the start of the step, by row; null when strictly on-policy.</param>
    /// <param name="device">Where the tensors go.</param>
    public static TrainingBatch Build(StepRows step, bool hasReward, IReadOnlyList<float[]>? oldLogProbs, Device device)
    {
        var rows = step.Rows;
        var width = step.Lengths.Max();
        var (mask, end) = (new bool[rows.Count * width], new bool[rows.Count * width]);
        for (var i = 0; i < rows.Count; i++)
        {
            var (rollout, next) = (rows[i].Rollout, i * width + step.Lengths[i]);
            for (var t = 0; t < rollout.CompletionTokens.Length; t++) mask[next - rollout.CompletionTokens.Length + t] = rollout.IsSampled(t);
            if (rollout.FinishReason == FinishReason.Stop) end[next - 1] = true;
        }

        return new TrainingBatch
        {
            Mask = Table(tensor(mask, device: device)),
            EndOfSequence = Table(tensor(end, device: device)),
            Group = tensor(step.Groups.SelectMany((g, i) => g.Rollouts.Select(_ => (long)i)).ToArray(), device: device),
            Truncated = tensor(rows.Select(r => r.Rollout.FinishReason == FinishReason.Length).ToArray(), device: device),
            Rewards = hasReward ? tensor(rows.Select(r => (float)(r.Outcome.Value ?? double.NaN)).ToArray(), device: device) : null,
            Correct = tensor(rows.Select(r => r.Outcome.Correct switch { true => 1f, false => 0f, null => float.NaN }).ToArray(), device: device),
            OldLogProbs = PerToken(i => oldLogProbs?[i]),
            SamplerLogProbs = PerToken(i => rows[i].Rollout.LogProbs),
            TeacherLogProbs = PerToken(i => rows[i].TeacherLogProbs),
            ReferenceLogProbs = PerToken(i => rows[i].ReferenceLogProbs),
            BaseLogProbs = PerToken(i => rows[i].BaseLogProbs),
        };

        Tensor Table(Tensor values) => values.reshape(rows.Count, width);

        Tensor? PerToken(Func<int, float[]?> of)
        {
            if (of(0) is null) return null;
            var values = new float[rows.Count * width];
            for (var i = 0; i < rows.Count; i++) of(i)!.CopyTo(values, i * width + rows[i].Rollout.PromptTokens.Length);
            return Table(tensor(values, device: device));
        }
    }
}
