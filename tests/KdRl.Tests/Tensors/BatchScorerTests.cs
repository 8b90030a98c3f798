using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class BatchScorerTests
{
    [Theory, InlineData(1), InlineData(24), InlineData(BatchScorer.DefaultTokenBudget)]
    public void LogProbs_AnyBudget_EqualsOneSequenceAtATime(int budget)
    {
        using var model = new TinyCausalModel();
        var random = new Random(4);
        TokenSequence[] sequences = [.. Enumerable.Range(0, 13).Select(i =>
        {
            var tokens = Enumerable.Range(0, 2 + random.Next(12)).Select(_ => random.Next(18)).ToArray();
            // Some have nothing to score.
            return new TokenSequence(tokens, i % 4 == 3 ? tokens.Length : 1 + random.Next(tokens.Length - 1));
        })];
        var together = BatchScorer.LogProbs(model, sequences, 0.8, budget);
        for (var i = 0; i < sequences.Length; i++)
        {
            Assert.Equal(sequences[i].Tokens.Length - sequences[i].FirstScored, together[i].Length);
            var alone = BatchScorer.LogProbs(model, [sequences[i]], 0.8)[0];
            for (var t = 0; t < alone.Length; t++) Assert.Equal(alone[t], together[i][t], 1e-5f);
            Assert.All(together[i], value => Assert.True(value < 0));
        }
    }

    [Fact]
    public void LogProbs_TrainingModule_RunsInEvaluationModeAndRestoresIt()
    {
        using var model = new TinyCausalModel();
        model.train();
        BatchScorer.LogProbs(model, [new TokenSequence([1, 2], 1)]);
        Assert.True(model.training);
        model.eval();
        BatchScorer.LogProbs(model, [new TokenSequence([1, 2], 1)]);
        Assert.False(model.training);
    }

    [Fact]
    public void LogProbs_NoSequences_GivesNothing()
    {
        using var model = new TinyCausalModel();
        Assert.Empty(BatchScorer.LogProbs(model, []));
    }

    [Fact]
    public void LogProbs_ManyCalls_LeaveTheLiveTensorCountFlat()
    {
        using var model = new TinyCausalModel();
        void Call() => BatchScorer.LogProbs(model, [new TokenSequence([1, 2, 3], 1), new TokenSequence([4, 5], 1)], 1, 2);
        Call();
        var live = Tensor.TotalCount;
        for (var i = 0; i < 50; i++) Call();
        Assert.Equal(live, Tensor.TotalCount);
    }

    [Theory, InlineData(0), InlineData(3), InlineData(-1)]
    public void LogProbs_FirstScoredOutOfRange_IsRefusedNamingTheSequence(int first)
    {
        using var model = new TinyCausalModel();
        var error = Assert.Throws<ArgumentException>(() => BatchScorer.LogProbs(model, [new TokenSequence([1, 2], 1), new TokenSequence([1, 2], first)]));
        Assert.Contains("sequence 1", error.Message);
    }

    [Fact]
    public void LogProbs_EmptySequence_IsRefused()
    {
        using var model = new TinyCausalModel();
        Assert.Throws<ArgumentException>(() => BatchScorer.LogProbs(model, [new TokenSequence([], 0)]));
    }
}
