using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation;

/// <summary>
/// Completes a batch of drafts: each distinct prompt is read once, its keys and values are copied to its rows, then all rows
/// grow token by token. Finished rows leave the batch when they are a quarter of it.
/// </summary>
internal sealed class BatchDecoder(CausalLM model, TokenSampler sampler, HashSet<int> stops)
{
    /// <summary>Room for new tokens to start with; it doubles when used up.</summary>
    private const int FirstRoom = 64;

    /// <param name="rows">The drafts; rows of one prompt stand together.</param>
    /// <param name="limit">The most new tokens of any draft.</param>
    /// <param name="ct">Looked at before each token.</param>
    public void Complete(IReadOnlyList<DraftRollout> rows, int limit, CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (firstRows, source) = Prompts(rows);
        var length = firstRows.Max(row => row.PromptTokens.Length);
        var row = tensor(source, device: model.OutputWeight.device);
        var (hidden, prompt) = Read(firstRows, length);
        using var cache = new KeyValueCache(prompt, row, length + Math.Min(limit, FirstRoom));
        var logits = Logits(hidden).index_select(0, row);
        for (var alive = rows; ; )
        {
            ct.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var tokens = Extend(alive, logits);
            logits.Dispose();
            var open = Enumerable.Range(0, alive.Count).Where(i => alive[i].Finish is null).ToArray();
            if (open.Length == 0) return;
            if (4 * (alive.Count - open.Length) >= alive.Count)
            {
                var keep = tensor(Array.ConvertAll(open, i => (long)i), device: tokens.device);
                cache.Keep(keep);
                tokens = tokens.index_select(0, keep);
                alive = Array.ConvertAll(open, i => alive[i]);
            }
            cache.EnsureRoom(length + limit);
            var positions = Positions(alive, length, cache.Length);
            hidden = model.Run(tokens.unsqueeze(1), positions, (int)cache.Length, cache);
            logits = Logits(hidden).MoveToOuterDisposeScope();
        }
    }

    /// <summary>The first row of each prompt, and for each row the number of its prompt among them.</summary>
    private static (List<DraftRollout> First, long[] Source) Prompts(IReadOnlyList<DraftRollout> rows)
    {
        var (first, source) = (new List<DraftRollout>(), new long[rows.Count]);
        for (var i = 0; i < rows.Count; i++)
        {
            if (i == 0 || rows[i].Prompt != rows[i - 1].Prompt) first.Add(rows[i]);
            source[i] = first.Count - 1;
        }
        return (first, source);
    }

    /// <summary>Final hidden state of each prompt's last token, and its keys and values.</summary>
    private (Tensor Hidden, PromptAttention Prompt) Read(List<DraftRollout> prompts, int length)
    {
        var (ids, positions, real) = (new long[prompts.Count, length], new long[prompts.Count, length], new bool[prompts.Count, length]);
        var isPadded = false;
        for (var i = 0; i < prompts.Count; i++)
        {
            var tokens = prompts[i].PromptTokens;
            var pad = length - tokens.Length;
            isPadded |= pad > 0;
            for (var t = 0; t < tokens.Length; t++) (ids[i, pad + t], positions[i, pad + t], real[i, pad + t]) = (tokens[t], t, true);
        }
        var device = model.OutputWeight.device;
        var tokensBT = tensor(ids, device: device);
        var attention = new PromptAttention(isPadded ? tensor(real, device: device) : null, tokensBT, model.OutputWeight.dtype, model.Config.SlidingWindow);
        var hidden = model.Run(tokensBT, tensor(positions, device: device), length - 1, attention);
        return (hidden.narrow(1, length - 1, 1), attention);
    }

    /// <summary>Positions of the next tokens, <c>[B,1]</c>; one shared row when no prompt is padded.</summary>
    private Tensor Positions(IReadOnlyList<DraftRollout> rows, int length, long next)
    {
        var device = model.OutputWeight.device;
        if (rows.All(row => row.PromptTokens.Length == length)) return tensor(next, device: device).view(1, 1).expand(rows.Count, 1);
        var positions = new long[rows.Count, 1];
        for (var i = 0; i < rows.Count; i++) positions[i, 0] = next - length + rows[i].PromptTokens.Length;
        return tensor(positions, device: device);
    }

    private Tensor Logits(Tensor hidden) => nn.functional.linear(hidden.squeeze(1), model.OutputWeight);

    private Tensor Extend(IReadOnlyList<DraftRollout> rows, Tensor logits)
    {
        Tensor? uniform = null;
        if (sampler.IsRandom)
        {
            var numbers = new double[rows.Count, 1];
            for (var i = 0; i < rows.Count; i++) numbers[i, 0] = rows[i].NextUniform;
            uniform = tensor(numbers, device: logits.device);
        }
        var (tokens, logProbs) = sampler.Draw(logits, uniform);
        var (ids, values) = (tokens.cpu().data<long>(), logProbs.cpu().data<float>());
        for (var i = 0; i < rows.Count; i++)
            if (rows[i].Finish is null) rows[i].Add((int)ids[i], values[i], stops);
        return tokens;
    }
}
