using System.Diagnostics;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Transformers;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// Tokens a second drawn from a Llama of 135 million parameters with random bfloat16 weights, for 1, 16 and 64 rollouts in flight, against
/// llama.cpp (in this run where <see cref="LlamaCpp.Variable"/> says where it is, and as recorded on the development machine) and against what
/// the memory and the matrix products of this machine allow in this run.
/// </summary>
internal sealed class RolloutsBenchmark : IBenchmark
{
    /// <summary>llama.cpp's tokens a second with the same weights on the development machine (2 threads): sequences, lowest, highest.</summary>
    private static readonly (int Sequences, double Tokens)[] Recorded = [(1, 69), (16, 129), (64, 144)];

    private const int PromptTokens = 16;
    private const int NewTokens = 64;

    /// <summary>.NET compiles what is called often a second time, as fast code.</summary>
    private const int WarmUps = 3;

    private static readonly TransformerConfig Config = new()
    {
        HiddenSize = 576, IntermediateSize = 1536, Layers = 30, AttentionHeads = 9, KeyValueHeads = 3, VocabularySize = 49_152,
        TieWordEmbeddings = true, DataType = ScalarType.BFloat16,
    };

    public string Name => "rollouts";

    public string Description => "tokens/s of sampling at 1, 16 and 64 rollouts, against llama.cpp's and the machine's bound";

    public IEnumerable<Measurement> Run()
    {
        TorchRuntime.TuneAllocator();
        using var model = CausalLM.Create(Config, 1);
        using var thread = new TorchThread();
        var engine = new SamplingEngine(model, Tokenizer.FromCharacters("abcdefgh"), thread);
        var weights = model.parameters().Sum(p => p.numel());
        foreach (var (sequences, llama) in Recorded)
        {
            List<double> ours = [], bounds = [], theirs = [];
            for (var i = 0; i < WarmUps; i++) Draw(engine, sequences);
            using var llamaCpp = LlamaCpp.Start(model, sequences, PromptTokens, NewTokens);
            // llama.cpp takes half a minute for 64.
            for (var i = 0; i < (sequences > 16 ? 3 : 5); i++)
            {
                bounds.Add(sequences / SecondsBound(weights, sequences));
                ours.Add(sequences * NewTokens / Draw(engine, sequences));
                if (llamaCpp is not null) theirs.Add(sequences * NewTokens / llamaCpp.Draw());
            }
            var name = $"rollouts, {sequences} in flight";
            if (theirs.Count > 0) yield return new Measurement(name, "tokens/s", InTurn.Median(ours), "llama.cpp (this run)", InTurn.Median(theirs));
            yield return new Measurement(name, "tokens/s", InTurn.Median(ours), "llama.cpp (recorded)", llama);
            yield return new Measurement(name, "tokens/s", InTurn.Median(ours), "bound of memory and GEMM", InTurn.Median(bounds));
        }
    }

    /// <summary>
    /// The least time of a step: every weight is read once, at the rate at which memory is read now, and multiplied with every
    /// sequence, at the rate of a square product of bfloat16 now; the two may overlap. Keys and values, which are few here, are not counted.
    /// </summary>
    private static double SecondsBound(long weights, int sequences)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (large, square) = (ones(64 << 20), randn(2048, 2048).to(ScalarType.BFloat16));
        var read = Seconds(() => large.sum()) / (4.0 * (64 << 20));
        var product = Seconds(() => nn.functional.linear(square, square)) / Math.Pow(2048, 3);
        return Math.Max(2 * weights * read, weights * sequences * product);
    }

    private static double Seconds(Action work) => InTurn.Median(Enumerable.Range(0, 5).Select(_ =>
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }).ToArray());

    /// <summary>Seconds that it takes to draw.</summary>
    private static double Draw(SamplingEngine engine, int sequences)
    {
        var options = new SamplingOptions { GroupSize = Math.Min(8, sequences), MaxNewTokens = NewTokens, StopTokens = [] };
        var prompts = Enumerable.Range(0, sequences / options.GroupSize).Select(i => Prompt.FromText($"{i}", new string((char)('a' + i), PromptTokens))).ToArray();
        var start = Stopwatch.GetTimestamp();
        var drawn = engine.GenerateAsync(prompts, options, default).ToBlockingEnumerable().Count();
        return drawn == prompts.Length ? Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException($"{drawn} groups came; expected {prompts.Length}.");
    }
}
