using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training;
using KdRl.Training.Optimization;
using KdRl.Transformers;

namespace KdRl.Benchmarks;

/// <summary>
/// The share of a training step that is neither generation, teacher, forward nor backward: scoring, batches, objective,
/// optimiser, metrics. 256 completions of 24 tokens from a model of 0.2 million parameters, the worst case: larger models only
/// add to the other side.
/// </summary>
internal sealed class StepOverheadBenchmark : IBenchmark
{
    private const int Warmup = 5, Steps = 30;

    public string Name => "step-overhead";

    public string Description => "share of a training step outside generation, teacher, forward and backward";

    public IEnumerable<Measurement> Run()
    {
        TorchRuntime.TuneAllocator();
        foreach (var (label, objective) in ((string, KdrlOptions)[])[("GRPO", KdrlOptions.Grpo()), ("KDRL", KdrlOptions.Kdrl(0.3))])
        {
            var steps = Train(objective)[Warmup..];
            double Median(Func<StepReport, double> of) => InTurn.Median(steps.Select(s => 1000 * of(s)));
            var whole = Median(s => s[MetricNames.StepTime]);
            yield return new Measurement($"step-overhead {label}", "ms", Median(Outside), "whole step", whole);
        }
    }

    private static double Outside(StepReport step) =>
        step[MetricNames.StepTime] - step[MetricNames.GenerationTime] - step[MetricNames.TeacherTime] - step[MetricNames.ForwardTime] - step[MetricNames.BackwardTime];

    private static StepReport[] Train(KdrlOptions objective)
    {
        using var thread = new TorchThread();
        var tokenizer = Tokenizer.FromCharacters("0123456789+-*=,;", endToken: ";");
        var student = CausalLM.Create(Config(tokenizer, 96, 2, 256), seed: 1);
        var teacher = CausalLM.Create(Config(tokenizer, 128, 3, 352), seed: 2);
        var random = new Random(3);
        using var trainer = new KdrlTrainer(
            new KdrlTrainerParts
            {
                Policy = student,
                Engine = new SamplingEngine(student, tokenizer, thread),
                Thread = thread,
                Prompts = [.. Enumerable.Range(0, 512).Select(i => Prompt.FromText($"{i}", string.Concat(Enumerable.Range(0, 11).Select(_ => (char)('0' + random.Next(10))))))],
                Reward = Reward.Create("even", r => RewardOutcome.FromVerdict(r.Rollout.CompletionTokens[0] % 2 == 0)),
                Teacher = objective.Distillation is null ? null : new ModelTeacher(teacher, thread),
            },
            new KdrlTrainerOptions
            {
                Steps = Warmup + Steps,
                PromptsPerStep = 32,
                Objective = objective,
                // No stop token: every completion has the same length, whatever the policy learns.
                Sampling = new SamplingOptions { GroupSize = 8, MaxNewTokens = 24, StopTokens = [] },
                Optimizer = new AdamWOptions(),
            });
        return [.. trainer.RunAsync().ToBlockingEnumerable()];
    }

    private static TransformerConfig Config(Tokenizer tokenizer, int width, int layers, int feedForward) => new()
    {
        HiddenSize = width,
        IntermediateSize = feedForward,
        Layers = layers,
        AttentionHeads = 4,
        VocabularySize = tokenizer.VocabularySize,
        MaxPositions = 64,
        TieWordEmbeddings = true,
    };
}
