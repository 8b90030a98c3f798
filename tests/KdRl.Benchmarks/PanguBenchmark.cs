using KdRl.Transformers;
using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// What Pangu's two ideas promise: grouped experts whose groups have the same load by construction, at the cost of a plain mixture,
/// and a residual stream whose variance does not grow with depth.
/// </summary>
internal sealed class PanguBenchmark : IBenchmark
{
    public string Name => "pangu";

    public string Description => "grouped experts against plain top-k and dense, sandwich norm against pre-norm";

    public IEnumerable<Measurement> Run() => Imbalance().Concat(LayerTimes()).Concat(Variance());

    /// <summary>The imbalance score of both routers on the same logits, of tokens that have nothing in common and of tokens that have much.</summary>
    private static IEnumerable<Measurement> Imbalance()
    {
        var (grouped, plain) = (new GroupedTopKRouter(64, 8, 8), new GroupedTopKRouter(64, 1, 8));
        foreach (var (tokens, shared) in ((int, double)[])[(16, 0), (16, 1), (4096, 0), (4096, 1)])
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            const int batches = 100;
            var (own, other) = (0.0, 0.0);
            for (var i = 0; i < batches; i++)
            {
                using var inner = NewDisposeScope();
                var logits = randn([tokens, 64], generator: generator) + shared * randn([1, 64], generator: generator);
                own = Math.Max(own, MoeBalance.Imbalance(grouped.Route(logits).Ids, grouped.GroupOf));
                other += MoeBalance.Imbalance(plain.Route(logits).Ids, grouped.GroupOf) / batches;
            }
            yield return new Measurement($"imbalance of {tokens} tokens{(shared > 0 ? " that prefer the same experts" : "")}, N=64 K=8 M=8 (ours: most, plain: mean of {batches})", "IS", own, "plain top-8", other);
        }
    }

    /// <summary>Time of one layer's mixture, each with the same number of active parameters.</summary>
    private static IEnumerable<Measurement> LayerTimes() =>
        LayerTimes(256, 64, ScalarType.Float32, 64, 512, 4096).Concat(LayerTimes(1024, 256, ScalarType.Float32, 2048)).Concat(LayerTimes(1024, 256, ScalarType.BFloat16, 2048, 4096));

    /// <summary>8 of 64 experts and two shared ones.</summary>
    private static IEnumerable<Measurement> LayerTimes(int width, int inner, ScalarType type, params int[] sizes)
    {
        var experts = new ExpertConfig { Count = 64, PerToken = 8, Groups = 8, SharedIntermediateSize = 2 * inner };
        var config = new TransformerConfig { Family = ModelFamily.Pangu, HiddenSize = width, IntermediateSize = inner, Layers = 1, AttentionHeads = 4, VocabularySize = 8, DataType = type };
        using var grouped = Filled(new MixtureOfExperts(config with { Experts = experts }, CPU));
        using var plain = Filled(new MixtureOfExperts(config with { Experts = experts with { Groups = 1 } }, CPU));
        using var dense = Filled(new FeedForward(width, 10 * inner, false, type, CPU));
        foreach (var tokens in sizes)
        {
            using var x = randn(tokens, width).to(type).detach().requires_grad_();
            void Forward(IFeedForward layer)
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                layer.Forward(x, null);
            }
            void Both(IFeedForward layer)
            {
                using var scope = NewDisposeScope();
                x.grad = null;
                layer.Forward(x, null).sum().backward();
            }
            var name = $"grouped experts, {tokens} tokens H={width} 8 of 64 experts of {inner} + {2 * inner} shared{(type == ScalarType.BFloat16 ? " bf16" : "")}";
            yield return InTurn.Milliseconds($"{name}, forward", () => Forward(grouped), "plain top-8", () => Forward(plain), 3);
            yield return InTurn.Milliseconds($"{name}, forward", () => Forward(grouped), $"dense {10 * inner}", () => Forward(dense), 3);
            yield return InTurn.Milliseconds($"{name}, forward + backward", () => Both(grouped), "plain top-8", () => Both(plain), 3);
            yield return InTurn.Milliseconds($"{name}, forward + backward", () => Both(grouped), $"dense {10 * inner}", () => Both(dense), 3);
        }
    }

    /// <summary>Mean square of the residual stream above that of the embedding, after some of the layers of a fresh model; mean of a few models.</summary>
    private static IEnumerable<Measurement> Variance()
    {
        const int width = 128;
        var sandwich = new TransformerConfig
        {
            Family = ModelFamily.Pangu, SandwichNorm = true, HiddenSize = width, IntermediateSize = 2 * width, Layers = 1, AttentionHeads = 4, VocabularySize = 300, RmsNormEpsilon = 1e-12,
        };
        // What the paper compares with: no norm behind the sublayers, weights of deviation √(2/5d).
        var preNorm = sandwich with { SandwichNorm = false, InitializerRange = Math.Sqrt(2.0 / (5 * width)) };
        foreach (var layers in (int[])[8, 32, 96])
        {
            var (own, other, coarse) = (Growth(sandwich with { Layers = layers }), Growth(preNorm with { Layers = layers }), Growth(sandwich with { Layers = layers, RmsNormEpsilon = 1e-6 }));
            foreach (var done in (int[])[layers / 4, layers / 2, layers])
                yield return new Measurement($"residual variance gained after {done} of {layers} layers (law: {0.266713 * done / layers:0.0000})", "variance", own[done], "pre-norm", other[done]);
            yield return new Measurement($"residual variance gained after {layers} of {layers} layers, norm epsilon 1e-6", "variance", coarse[layers], "epsilon 1e-12", own[layers]);
        }
    }

    private static double[] Growth(TransformerConfig config)
    {
        const int models = 6;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(1);
        var squares = new double[config.Layers + 1];
        for (var seed = 0; seed < models; seed++)
        {
            using var model = CausalLM.Create(config, seed);
            model.Observer = (x, done) => squares[done] += x.pow(2).mean().item<float>() / models;
            var ids = randint(0, 300, [1, 64], ScalarType.Int64, generator: generator);
            model.Hidden(ids, arange(64, ScalarType.Int64).unsqueeze(0), null);
        }
        return [.. squares.Select(s => s - squares[0])];
    }

    private static T Filled<T>(T layer) where T : nn.Module
    {
        using var noGrad = no_grad();
        foreach (var parameter in layer.parameters().Where(p => p.dim() == 2)) parameter.normal_(0, 0.05);
        return layer;
    }
}
