using System.Runtime.CompilerServices;
using KdRl.Rollouts;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.TestSupport;

/// <summary>Samples token by token without a cache. Prompt texts are token ids with spaces between; token 0 ends a completion.</summary>
internal sealed class ToyEngine(ICausalModel model, TorchThread thread) : IRolloutEngine
{
    public const int Stop = 0;

    public long PolicyVersion { get; set; }

    /// <summary>Prompts of every call, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Called before each group is drawn.</summary>
    public Action<Prompt>? BeforeEach { get; set; }

    public async IAsyncEnumerable<RolloutGroup> GenerateAsync(
        IReadOnlyList<Prompt> prompts, SamplingOptions options, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var prompt in prompts)
        {
            BeforeEach?.Invoke(prompt);
            Asked.Add(prompt.Id);
            yield return await thread.RunAsync(() => Draw(prompt, options), ct);
        }
    }

    public static int[] Tokens(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private RolloutGroup Draw(Prompt prompt, SamplingOptions options)
    {
        using var off = no_grad();
        var read = Tokens(prompt.Text!);
        var rows = Enumerable.Range(0, options.GroupSize).Select(_ => read.ToList()).ToArray();
        var logProbs = rows.Select(_ => new List<float>()).ToArray();
        var randoms = rows.Select((_, j) => new Random(Hash(options.Seed, prompt.Id, j))).ToArray();
        var done = new bool[rows.Length];
        for (var n = 0; n < options.MaxNewTokens && done.Contains(false); n++)
        {
            using var scope = NewDisposeScope();
            var table = Next(rows, options.Temperature == 0 ? 1 : options.Temperature);
            for (var j = 0; j < rows.Length; j++)
            {
                var token = options.Temperature == 0 ? ArgMax(table[j]) : Pick(table[j], randoms[j].NextDouble());
                if (done[j]) { rows[j].Add(Stop); continue; }
                rows[j].Add(token);
                logProbs[j].Add(table[j][token]);
                done[j] = token == Stop;
            }
        }

        return new RolloutGroup(prompt, [.. rows.Select((row, j) =>
        {
            var completion = row.Skip(read.Length).Take(logProbs[j].Count).ToArray();
            return new Rollout
            {
                PromptId = prompt.Id, PromptTokens = read, CompletionTokens = completion, LogProbs = [.. logProbs[j]],
                FinishReason = done[j] ? FinishReason.Stop : FinishReason.Length, PolicyVersion = PolicyVersion,
                Text = string.Join(' ', completion.Where(t => t != Stop)),
            };
        })]);
    }

    private float[][] Next(List<int>[] rows, double temperature)
    {
        var length = rows[0].Count;
        var ids = tensor(rows.SelectMany(r => r.Select(t => (long)t)).ToArray()).reshape(rows.Length, length);
        var positions = arange(length, dtype: ScalarType.Int64).unsqueeze(0).expand(rows.Length, length);
        var last = model.Hidden(ids, positions, null).select(1, length - 1);
        var table = nn.functional.linear(last, model.OutputWeight).to(ScalarType.Float32).div(temperature).log_softmax(-1);
        return [.. Enumerable.Range(0, rows.Length).Select(j => table[j].data<float>().ToArray())];
    }

    private static int ArgMax(float[] row) => Array.IndexOf(row, row.Max());

    private static int Pick(float[] row, double u)
    {
        for (var i = 0; i < row.Length - 1; i++)
            if ((u -= Math.Exp(row[i])) < 0) return i;
        return row.Length - 1;
    }

    private static int Hash(long seed, string id, int j)
    {
        var hash = 17L + seed;
        foreach (var c in id) hash = hash * 31 + c;
        return (int)((hash * 1_000_003 + j) & int.MaxValue);
    }
}
