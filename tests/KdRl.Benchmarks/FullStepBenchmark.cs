using KdRl.Tensors;
using KdRl.Training;
using KdRl.Training.Optimization;
using KdRl.Transformers;
using static TorchSharp.torch;
using AdamW = KdRl.Training.Optimization.AdamW;

namespace KdRl.Benchmarks;

/// <summary>
/// Time and peak memory of a whole step (forward, head, backward, optimiser) of a Llama of 3 million parameters besides its embeddings,
/// against sequence length, batch and vocabulary. A ratio of 1 says: linear in the tokens, flat in the vocabulary beyond the head's weight.
/// </summary>
internal sealed class FullStepBenchmark : IBenchmark
{
    private const int Width = 256, Batch = 4, Length = 256, Vocabulary = 32_000;

    public string Name => "full-step";

    public string Description => "time and peak memory of a training step against sequence length, batch and vocabulary, and the predicted peak";

    public IEnumerable<Measurement> Run()
    {
        var first = Measure(Batch, Length, Vocabulary);
        if (first is not { } small) yield break;
        yield return small.Prediction;
        foreach (var (batch, length) in ((int, int)[])[(Batch, 2 * Length), (Batch, 4 * Length), (2 * Batch, Length), (4 * Batch, Length)])
        {
            var more = Measure(batch, length, Vocabulary)!.Value;
            yield return more.Prediction;
            yield return new Measurement($"full-step B={batch} T={length} V={Vocabulary}, time", "us/token", 1000 * more.Milliseconds / (batch * length), $"B={Batch} T={Length}", 1000 * small.Milliseconds / (Batch * Length));
            yield return new Measurement($"full-step B={batch} T={length} V={Vocabulary}, memory of one more token", "KiB", 1024 * (more.Peak - small.Peak) / (batch * length - Batch * Length), "predicted", small.BytesPerToken / 1024.0);
        }
        foreach (var vocabulary in (int[])[2 * Vocabulary, 4 * Vocabulary])
        {
            var more = Measure(Batch, Length, vocabulary)!.Value;
            yield return more.Prediction;
            yield return new Measurement($"full-step B={Batch} T={Length} V={vocabulary}, memory beyond gradients of head and embedding", "MiB", more.Peak - more.Head, $"V={Vocabulary}", small.Peak - small.Head);
        }
    }

    private static Result? Measure(int batch, int length, int vocabulary)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(new TransformerConfig
        {
            HiddenSize = Width, IntermediateSize = 688, Layers = 4, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = vocabulary, MaxPositions = 4 * Length, TieWordEmbeddings = true,
        }, seed: 1);
        var predicted = StepMemory.Of(model, model, batch * length, null, null);
        using var optimizer = new AdamW(model, new AdamWOptions());
        var random = new Random(1);
        TokenSequence[] rows = [.. Enumerable.Range(0, batch).Select(_ => new TokenSequence([1], [.. Enumerable.Range(0, length - 1).Select(_ => random.Next(vocabulary))]))];

        void Step()
        {
            using (NewDisposeScope())
                new ScoredRows(rows, CPU).Reduce(model, 1, null, (_, s) => s.LogProbs.sum().neg().div(batch * length)).Loss.backward();
            optimizer.Step(1e-4);
        }

        var time = InTurn.Milliseconds("", Step, "", () => { }, seconds: 0, warmup: 1, least: 3).Ours;
        if (Memory.PeakMiB(Step) is not { } peak) return null;
        var name = $"full-step B={batch} T={length} V={vocabulary}, peak above weights and moments";
        return new Result(time, peak, 3.0 * vocabulary * Width * 4 / (1 << 20), predicted.BytesPerToken!.Value,
            new Measurement(name, "MiB", peak, "predicted", (predicted.PeakBytes(batch * length)!.Value - predicted.StateBytes) / (double)(1 << 20)));
    }

    /// <param name="Milliseconds">Time of a step.</param>
    /// <param name="Peak">Its peak memory above what lives between steps, in MiB.</param>
    /// <param name="Head">The gradients of head and embedding and their sum, in MiB: what grows with the vocabulary by right.</param>
    /// <param name="BytesPerToken">Predicted.</param>
    /// <param name="Prediction">Peak against prediction.</param>
    private readonly record struct Result(double Milliseconds, double Peak, double Head, long BytesPerToken, Measurement Prediction);
}
