using KdRl.Distillation;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

[Collection("torch")]
public class ScoredRowsTests
{
    private static readonly TokenSequence[] Rows = [new([1, 4, 2, 7, 7, 3], 2), new([5, 1, 0, 2], 1), new([5, 1, 9], 1), new([3, 3, 3], 3)];

    [Fact]
    public void Score_PlainModel_EqualsTheScorerOfMaskedTensors()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyCausalModel();
        var (ids, mask) = Padded();
        var expected = SequenceScorer.Score(model, ids, mask, 0.9, withEntropy: true);

        var scores = new ScoredRows(Rows, CPU).Score(model, 0.9, withEntropy: true);

        Assert.True(expected.LogProbs.allclose(scores.LogProbs, 0, 1e-6));
        Assert.True(expected.Entropy!.allclose(scores.Entropy!, 0, 1e-6));
        Assert.Null(scores.Divergence);
    }

    [Fact]
    public void Score_AgainstAnotherModel_GivesTheDivergenceWithGradientToTheStudentOnly()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyCausalModel();
        using var other = new TinyCausalModel(width: 8, seed: 4);
        var (ids, mask) = Padded();

        var scores = new ScoredRows(Rows, CPU).Score(model, 0.9, teacher: new ComparedModel(other, 1.1, 1));
        scores.Divergence!.sum().backward();

        var positions = arange(6, ScalarType.Int64).unsqueeze(0).expand(4, 6);
        Tensor Logits(TinyCausalModel of, double temperature) => nn.functional.linear(of.Hidden(ids, positions, null), of.OutputWeight) / temperature;
        var divergence = ReverseKl.Exact(Logits(model, 0.9), Logits(other, 1.1).detach());
        for (var b = 0; b < 4; b++)
            for (var t = 0; t < 6; t++)
                Assert.Equal(mask[b, t].item<bool>() ? divergence[b, t - 1].item<float>() : 0, scores.Divergence![b, t].item<float>(), 1e-5f);
        Assert.True(scores.TeacherLogProbs!.allclose(SequenceScorer.Score(other, ids, mask, 1.1).LogProbs, 0, 1e-5));
        Assert.NotNull(model.OutputWeight.grad);
        Assert.Null(other.OutputWeight.grad);
    }

    [Fact]
    public void Reduce_MoreLogitsThanAreKept_EqualsTheScoresAndTheirLoss()
    {
        using var scope = NewDisposeScope();
        // 8 scored tokens of 4 million logits each: past 96 MiB.
        using var model = new TinyCausalModel(vocabulary: 4_000_000, width: 2);
        using var other = new TinyCausalModel(vocabulary: 4_000_000, width: 2, seed: 4);
        var compared = new ComparedModel(other, 1, 1);
        var rows = new ScoredRows(Rows, CPU);
        Assert.False(rows.AreKept(model));
        static Tensor Loss(TokenScores s) => (s.LogProbs * s.LogProbs).sum() + s.Divergence!.sum();

        var (loss, scores) = rows.Reduce(model, 0.9, compared, (_, s) => Loss(s));
        loss.backward();
        var gradient = model.OutputWeight.grad!.clone();
        model.zero_grad();
        var expected = rows.Score(model, 0.9, withEntropy: true, compared);
        Loss(expected).backward();

        Assert.Equal(Loss(expected).item<float>(), loss.item<float>(), 1e-3f * Math.Abs(loss.item<float>()));
        Assert.True(expected.LogProbs.allclose(scores.LogProbs, 0, 1e-5));
        Assert.True(expected.Divergence!.allclose(scores.Divergence!, 0, 1e-5));
        Assert.True(expected.TeacherLogProbs!.allclose(scores.TeacherLogProbs!, 0, 1e-5));
        Assert.True(expected.Entropy!.allclose(scores.Entropy!, 0, 1e-4));
        var error = (gradient - model.OutputWeight.grad!).abs().max().item<float>();
        Assert.True(error < 1e-5 * gradient.abs().max().item<float>(), $"largest difference {error}");
    }

    [Fact]
    public void Of_PromptsThatCannotBe_AreRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("prompts", Assert.Throws<ArgumentException>(() => SharedPrompts.Of([], [], CPU)).ParamName);
        Assert.Equal("prompts", Assert.Throws<ArgumentException>(() => SharedPrompts.Of([[1], []], [0, 1], CPU)).ParamName);
        Assert.Contains("prompt 2", Assert.Throws<ArgumentException>(() => SharedPrompts.Of([[1], [2]], [0, 2], CPU)).Message, StringComparison.Ordinal);
    }

    private static (Tensor Ids, Tensor Mask) Padded()
    {
        var (ids, mask) = (new long[4, 6], new bool[4, 6]);
        for (var row = 0; row < 4; row++)
            for (var t = 0; t < Rows[row].Tokens.Length; t++) (ids[row, t], mask[row, t]) = (Rows[row].Tokens[t], t >= Rows[row].FirstScored);
        return (tensor(ids), tensor(mask));
    }
}
