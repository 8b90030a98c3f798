using KdRl.Examples.Quickstart.Tasks;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training.Optimization;
using KdRl.Transformers;

namespace KdRl.Examples.Quickstart;

/// <summary>The two transformers, the task they share, and how they are sampled and optimised.</summary>
internal static class Models
{
    /// <summary>Two to four operations a problem: answers of 12 to 24 characters.</summary>
    public static ProblemSource Problems { get; } = new(2, 4);

    /// <summary>Worked examples start with a single operation: what an operation does is learned there, before where to look.</summary>
    public static ProblemSource Lessons { get; } = new(1, 4);

    /// <summary>One token a character; the character that closes an answer ends it.</summary>
    public static Tokenizer Tokenizer { get; } =
        Tokenizer.FromCharacters(ModularProblem.Alphabet, endToken: $"{ModularProblem.End}");

    /// <summary>The student: 0.2 million parameters.</summary>
    public static TransformerConfig Student => Config(width: 96, layers: 2, feedForward: 256);

    /// <summary>The teacher: 0.6 million parameters.</summary>
    public static TransformerConfig Teacher => Config(width: 128, layers: 3, feedForward: 352);

    /// <summary>Draws answers.</summary>
    public static SamplingEngine Engine(CausalLM model, TorchThread thread) => new(model, Tokenizer, thread);

    /// <summary>Temperature 1; answers may be a step longer than any right one.</summary>
    public static SamplingOptions Sampling() => new() { GroupSize = PostTraining.GroupSize, MaxNewTokens = Problems.LongestAnswer + ModularProblem.StepLength };

    /// <summary>A shorter memory of squared gradients than for large models: runs have some hundred steps.</summary>
    public static AdamWOptions Optimizer() => new() { Beta2 = 0.98, WeightDecay = 0 };

    private static TransformerConfig Config(int width, int layers, int feedForward) => new()
    {
        HiddenSize = width,
        IntermediateSize = feedForward,
        Layers = layers,
        AttentionHeads = 4,
        VocabularySize = Tokenizer.VocabularySize,
        EosTokenIds = [Tokenizer.EosTokenId!.Value],
        MaxPositions = 64,
        TieWordEmbeddings = true,
        // Larger than usual: with 0.02 such narrow models take twice as long to find out where to look.
        InitializerRange = 0.1,
    };
}
