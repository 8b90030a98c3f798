using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// The sequences of one micro-batch as tensors: <c>[B,T]</c>, padded on the right, of which the tails are scored. Any model that
/// reads the same ids gives hidden states for the scored tokens in the same order, <c>[N,H]</c>.
/// </summary>
/// <remarks>The tensors lie in the dispose scope that was open when it was made.</remarks>
internal sealed class ScoredRows
{
    private readonly IReadOnlyList<TokenSequence> rows;
    private readonly int width;
    private readonly Device device;
    private readonly Tensor chosen;

    public ScoredRows(IReadOnlyList<TokenSequence> rows, Device device)
    {
        (this.rows, this.device) = (rows, device);
        width = rows.Max(r => r.Tokens.Length);
        chosen = tensor(Scored((row, t) => row * (long)width + t), device: device);
        Targets = tensor(Scored((row, t) => rows[row].Tokens[t]), device: device);
    }

    /// <summary>The scored tokens, <c>int64 [N]</c>.</summary>
    public Tensor Targets { get; }

    /// <summary>Final hidden states that predict the scored tokens, <c>[N,H]</c>. Prompts that several rows share are read once where the model can.</summary>
    public Tensor Hidden(ICausalModel model)
    {
        // What a layer leaves behind and the backward pass does not need is freed before the head begins.
        using var scope = NewDisposeScope();
        if (model is ISharedPromptModel shared && Prompts() is { } prompts) return Shared(shared, prompts).MoveToOuterDisposeScope();
        var ids = new long[rows.Count * width];
        for (var row = 0; row < rows.Count; row++)
            for (var t = 0; t < rows[row].Tokens.Length; t++) ids[row * width + t] = rows[row].Tokens[t];
        var hidden = model.Hidden(tensor(ids, [rows.Count, width], device: device).narrow(1, 0, width - 1), Ranges.Positions(rows.Count, width - 1, device), model.CountsTokens ? Read() : null);
        // Token t is predicted by the hidden state of token t − 1.
        return Pick(hidden, (row, t) => row * (width - 1L) + t - 1).MoveToOuterDisposeScope();
    }

    /// <summary>What a model says of the scored tokens, <c>[B,T]</c>: column t belongs to token t; 0 where nothing is scored.</summary>
    /// <param name="model">The model.</param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="withEntropy">Whether to compute the entropy too.</param>
    /// <param name="teacher">A model to compare with over the whole vocabulary; null: none.</param>
    public TokenScores Score(ICausalModel model, double temperature, bool withEntropy = false, ComparedModel? teacher = null)
    {
        using var scope = NewDisposeScope();
        var scores = OutputHead.Score(Hidden(model), model.OutputWeight, Targets, temperature, withEntropy, teacher: Head(teacher));
        return scores.Select(values => Spread(values).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// A loss that is a sum over the scored tokens, with logits formed once (<see cref="OutputHead.Reduce"/>), and the scores without gradient,
    /// <c>[B,T]</c>. To be differentiated once, with gradient 1.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="teacher">A model to compare with over the whole vocabulary; null: none.</param>
    /// <param name="lossOf">The loss of some tokens from the number of the first, among all scored tokens, and their scores.</param>
    public (Tensor Loss, TokenScores Scores) Reduce(ICausalModel model, double temperature, ComparedModel? teacher, Func<long, TokenScores, Tensor> lossOf)
    {
        using var scope = NewDisposeScope();
        List<TokenScores> chunks = [];
        var loss = OutputHead.ReduceOnce(Hidden(model), model.OutputWeight, Targets, (start, scores) =>
        {
            chunks.Add(scores.Select(values => values.detach().clone().MoveToOtherDisposeScope(scope)));
            return lossOf(start, scores);
        }, temperature, Head(teacher));
        var whole = TokenScores.Concatenate(chunks).Select(values => Spread(values).MoveToOuterDisposeScope());
        return (loss.MoveToOuterDisposeScope(), whole);
    }

    /// <summary>Whether <see cref="Score"/> keeps the logits for the backward pass and need not form them again.</summary>
    public bool AreKept(ICausalModel model) => OutputHead.AreKept(Targets.shape[0], model.OutputWeight);

    private TeacherHead? Head(ComparedModel? teacher)
    {
        if (teacher is not { } other) return null;
        using var noGrad = no_grad();
        return new TeacherHead(Hidden(other.Model), other.Model.OutputWeight, other.Temperature, other.Beta);
    }

    /// <summary>Values of the scored tokens at their places, <c>[B,T]</c>.</summary>
    private Tensor Spread(Tensor values) => zeros(rows.Count * (long)width, values.dtype, device).index_copy(0, chosen, values).reshape(rows.Count, width);

    /// <summary>True on the tokens that are read: all of a row but its last, <c>bool [B,T-1]</c>.</summary>
    private Tensor Read() => Ranges.UpTo(width - 1, device).lt(tensor(rows.Select(r => r.Tokens.Length - 1L).ToArray(), device: device).unsqueeze(1));

    private Tensor Shared(ISharedPromptModel model, (List<int[]> Distinct, long[] Row) prompts)
    {
        var longest = rows.Max(r => r.Tokens.Length - r.FirstScored);
        var ids = new long[rows.Count * longest];
        for (var row = 0; row < rows.Count; row++)
        {
            var (tokens, first) = rows[row];
            for (var t = first; t < tokens.Length; t++) ids[row * longest + t - first] = tokens[t];
        }
        long[]? lengths = model.CountsTokens ? [.. rows.Select(r => (long)r.Tokens.Length - r.FirstScored)] : null;
        var hidden = model.Hidden(SharedPrompts.Of(prompts.Distinct, prompts.Row, device, lengths), tensor(ids, [rows.Count, longest], device: device));
        return Pick(hidden, (row, t) => row * (long)longest + t - rows[row].FirstScored);
    }

    /// <summary>The distinct prompts and whose they are; null when sharing them saves nothing.</summary>
    private (List<int[]> Distinct, long[] Row)? Prompts()
    {
        if (rows.Count == 1) return null;
        var (numbers, distinct, row) = (new Dictionary<string, long>(), new List<int[]>(), new long[rows.Count]);
        for (var i = 0; i < rows.Count; i++)
        {
            var prompt = rows[i].Tokens[..rows[i].FirstScored];
            var key = new string(MemoryMarshal.Cast<int, char>(prompt));
            if (!numbers.TryGetValue(key, out row[i]))
            {
                numbers[key] = row[i] = distinct.Count;
                distinct.Add(prompt);
            }
        }
        var shared = (long)distinct.Count * distinct.Max(p => p.Length) + (long)rows.Count * rows.Max(r => r.Tokens.Length - r.FirstScored);
        return shared < (long)rows.Count * width ? (distinct, row) : null;
    }

    private Tensor Pick(Tensor hidden, Func<int, int, long> index) =>
        hidden.reshape(-1, hidden.shape[2]).index_select(0, tensor(Scored(index), device: device));

    private long[] Scored(Func<int, int, long> of)
    {
        var values = new long[rows.Sum(r => r.Tokens.Length - r.FirstScored)];
        var next = 0;
        for (var row = 0; row < rows.Count; row++)
            for (var t = rows[row].FirstScored; t < rows[row].Tokens.Length; t++) values[next++] = of(row, t);
        return values;
    }
}
