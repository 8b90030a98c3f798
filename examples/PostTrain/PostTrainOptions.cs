namespace KdRl.Examples.PostTrain;

/// <summary>What to post-train, on what, and how.</summary>
internal sealed class PostTrainOptions
{
    /// <summary>Hugging Face directory of the model to train.</summary>
    public required string Student { get; init; }

    /// <summary>Hugging Face directory of the teacher; null: reinforcement learning alone.</summary>
    public string? Teacher { get; init; }

    /// <summary>File of prompts.</summary>
    public required string Prompts { get; init; }

    /// <summary>File of prompts for examination; null: a tenth of <see cref="Prompts"/> is held out.</summary>
    public string? HeldOut { get; init; }

    /// <summary>One of <see cref="Rewards.RewardCatalog.Names"/>.</summary>
    public required string Reward { get; init; }

    /// <summary>Folder of the run; the trained model is in <c>model</c>.</summary>
    public required string Output { get; init; }

    /// <summary>One of <see cref="MethodCatalog.Names"/>; null: kdrl with a teacher, grpo without.</summary>
    public string? Method { get; init; }

    /// <summary>Coefficient of the teacher term; null: the method's own.</summary>
    public double? Beta { get; init; }

    public required int Steps { get; init; }

    public required int PromptsPerStep { get; init; }

    public required int GroupSize { get; init; }

    public required double LearningRate { get; init; }

    public required double Temperature { get; init; }

    public required int MaxTokens { get; init; }

    public required long Seed { get; init; }

    public required int EvaluateEvery { get; init; }

    public required int Threads { get; init; }

    /// <summary>Rank of the low-rank adapter that is trained; null: the model itself is.</summary>
    public int? LoraRank { get; init; }

    /// <summary>Alpha of the adapter; null: twice the rank.</summary>
    public double? LoraAlpha { get; init; }

    /// <summary>Projections that are adapted; empty: all.</summary>
    public IReadOnlyList<string> LoraTargets { get; init; } = [];

    /// <summary>Whether the trained adapter is added to the model that is left behind.</summary>
    public bool MergesLora { get; init; }

    /// <summary>Coefficient of the KL term to the student as it was; null: there is none.</summary>
    public double? ReferenceKl { get; init; }
}
