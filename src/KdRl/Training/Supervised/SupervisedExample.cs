namespace KdRl.Training;

/// <summary>A worked example.</summary>
/// <param name="Prompt">Tokens the model reads; at least one.</param>
/// <param name="Completion">Tokens it should write, a stop token included; at least one.</param>
public sealed record SupervisedExample(int[] Prompt, int[] Completion);
