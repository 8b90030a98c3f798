using KdRl.Tensors;
using KdRl.TestSupport;
using KdRl.Training;
using KdRl.Training.Optimization;
using KdRl.Transformers;
using static TorchSharp.torch;
using AdamW = KdRl.Training.Optimization.AdamW;

namespace KdRl.Benchmarks;

/// <summary>
/// Time and peak memory of a whole step (forward, head, backward, optimiser) of a Llama of 3 million parameters besides its embeddings,
/// against sequence length, batch and vocabulary: the points, and the slope of each line through them. The head is tied to the embedding.
/// </summary>
internal sealed class FullStepBenchmark : IBenchmark
{
    private const int Width = 256, Batch = 4, Length = 256, Vocabulary = 32_000;
    private const double MiB = 1 << 20;

    public string Name => "full-step";

    public string Description => "time and peak memory of a training step against sequence length, batch and vocabulary, the predicted peak, and the slopes";

    public IEnumerable<Measurement> Run()
    {
        List<Point> lengths = [], batches = [], vocabularies = [];
        // The first run of the process sets up libraries.
        Measure(1, 64, Vocabulary, ScalarType.Float32);
        foreach (var length in (int[])[Length / 2, Length, 2 * Length, 4 * Length]) if (Measure(Batch, length, Vocabulary, ScalarType.Float32) is { } point) lengths.Add(point);
        if (lengths.Count == 0) yield break;
        var first = lengths[1];
        batches.Add(first);
        foreach (var batch in (int[])[2 * Batch, 4 * Batch]) batches.Add(Measure(batch, Length, Vocabulary, ScalarType.Float32)!);
        vocabularies.Add(first);
        foreach (var vocabulary in (int[])[2 * Vocabulary, 4 * Vocabulary]) vocabularies.Add(Measure(Batch, Length, vocabulary, ScalarType.Float32)!);

        foreach (var line in Curve("sequence length", lengths, p => p.Length)) yield return line;
        foreach (var line in Curve("batch", batches, p => p.Batch)) yield return line;
        foreach (var line in Curve("vocabulary", vocabularies, p => p.Vocabulary)) yield return line;

        yield return new Measurement("full-step, peak memory of one more token of a sequence", "KiB", Slope(lengths, p => p.Tokens, p => 1024 * p.Peak), "predicted", first.BytesPerToken / 1024.0);
        yield return new Measurement("full-step, peak memory of one more token by a larger batch", "KiB", Slope(batches, p => p.Tokens, p => 1024 * p.Peak), "predicted", first.BytesPerToken / 1024.0);
        // Parameter, gradient and two moments.
        var entry = 4 * Width * 4 / 1024.0;
        yield return new Measurement("full-step, memory of one more vocabulary entry", "KiB", entry + Slope(vocabularies, p => p.Vocabulary, p => 1024 * p.Peak), "its weight, gradient and moments", entry);
        List<Point> halves = [.. new[] { Vocabulary, 4 * Vocabulary }.Select(vocabulary => Measure(Batch, Length, vocabulary, ScalarType.Float32, microBatches: 2)!)];
        foreach (var p in halves) yield return new Measurement($"full-step {p.Name} in two micro-batches, peak above weights and moments", "MiB", p.Peak, "predicted", p.Predicted);
        yield return new Measurement("full-step in two micro-batches, memory of one more vocabulary entry", "KiB", entry + Slope(halves, p => p.Vocabulary, p => 1024 * p.Peak),
            "its weight, gradient and moments, and the gradient of a micro-batch", entry * 5 / 4);
        yield return new Measurement("full-step, time of one more token of a sequence", "us", Slope(lengths, p => p.Tokens, p => 1000 * p.Milliseconds), "a token of the first step", 1000 * first.Milliseconds / first.Tokens);
        yield return new Measurement("full-step, time of one more token by a larger batch", "us", Slope(batches, p => p.Tokens, p => 1000 * p.Milliseconds), "a token of the first step", 1000 * first.Milliseconds / first.Tokens);
        var rate = MachineBounds.MatrixRate(ScalarType.Float32);
        yield return new Measurement("full-step, time of 1,000 more vocabulary entries", "ms", 1000 * Slope(vocabularies, p => p.Vocabulary, p => p.Milliseconds),
            "their three matrix products at the rate of 2048³", 1000 * 6.0 * first.Tokens * Width * 1000 / rate);

        var half = Measure(Batch, 2 * Length, Vocabulary, ScalarType.BFloat16)!;
        yield return new Measurement($"full-step B={Batch} T={2 * Length} V={Vocabulary} bf16 with fp32 masters, peak above weights and moments", "MiB", half.Peak, "predicted", half.Predicted);
    }

    /// <summary>The points of a curve: peak against the prediction, time against a time in proportion to the tokens.</summary>
    private static IEnumerable<Measurement> Curve(string against, List<Point> points, Func<Point, double> x)
    {
        foreach (var p in points)
            yield return new Measurement($"full-step {p.Name}, peak above weights and moments", "MiB", p.Peak, "predicted", p.Predicted) { Point = ($"peak memory against {against}", x(p)) };
        var first = points.MinBy(x)!;
        foreach (var p in points)
            yield return new Measurement($"full-step {p.Name}, time", "ms", p.Milliseconds, "in proportion to the tokens", first.Milliseconds * p.Tokens / first.Tokens) { Point = ($"time against {against}", x(p)) };
    }

    /// <summary>Of the least-squares line.</summary>
    private static double Slope(List<Point> points, Func<Point, double> x, Func<Point, double> y)
    {
        var (meanX, meanY) = (points.Average(x), points.Average(y));
        return points.Sum(p => (x(p) - meanX) * (y(p) - meanY)) / points.Sum(p => (x(p) - meanX) * (x(p) - meanX));
    }

    private static Point? Measure(int batch, int length, int vocabulary, ScalarType dtype, int microBatches = 1)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(new TransformerConfig
        {
            HiddenSize = Width, IntermediateSize = 688, Layers = 4, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = vocabulary, MaxPositions = 4 * Length, TieWordEmbeddings = true, DataType = dtype,
        }, seed: 1);
        var tokens = batch * length / microBatches;
        var predicted = StepMemory.Of(model, model, tokens, null, null);
        using var optimizer = new AdamW(model, new AdamWOptions());
        var random = new Random(1);
        TokenSequence[] rows = [.. Enumerable.Range(0, batch).Select(_ => new TokenSequence([1], [.. Enumerable.Range(0, length - 1).Select(_ => random.Next(vocabulary))]))];

        void Step()
        {
            for (var i = 0; i < microBatches; i++)
            {
                using var inner = NewDisposeScope();
                using var direct = AdamW.Direct(isFirst: i == 0);
                new ScoredRows(rows[(i * batch / microBatches)..((i + 1) * batch / microBatches)], CPU).Reduce(model, 1, null, (_, s) => s.LogProbs.sum().neg().div(batch * length)).Loss.backward();
                direct.AddToOwn();
                optimizer.Accumulate();
            }
            optimizer.Step(1e-4);
        }

        var time = InTurn.Milliseconds(3, Step)[0];
        if (PeakMemory.MiB(Step) is not { } peak) return null;
        // The allocator's heap has more holes at one time than at another.
        peak = InTurn.Median([peak, .. Enumerable.Range(0, 4).Select(_ => PeakMemory.MiB(Step)!.Value)]);
        return new Point(batch, length, vocabulary, time, peak, (predicted.PeakBytes(tokens, isOnly: microBatches == 1)!.Value - predicted.StateBytes) / MiB, predicted.BytesPerToken!.Value);
    }

    /// <param name="Batch">Sequences.</param>
    /// <param name="Length">Tokens of each.</param>
    /// <param name="Vocabulary">Entries.</param>
    /// <param name="Milliseconds">Time of a step.</param>
    /// <param name="Peak">Its peak memory above what lives between steps, in MiB.</param>
    /// <param name="Predicted">The same, predicted.</param>
    /// <param name="BytesPerToken">Predicted.</param>
    private sealed record Point(int Batch, int Length, int Vocabulary, double Milliseconds, double Peak, double Predicted, long BytesPerToken)
    {
        public string Name => $"B={Batch} T={Length} V={Vocabulary}";

        public double Tokens => (double)Batch * Length;
    }
}
