namespace KdRl.Transformers.Generation;

/// <summary>What decoding may take up.</summary>
/// <param name="Rows">The most rollouts in flight.</param>
/// <param name="CacheTokens">The most tokens there is room for in the key-value cache, that of prompts being read included.</param>
/// <param name="StepTokens">The most tokens that pass the model in one step, as far as rows in flight leave any.</param>
internal sealed record DecodingLimits(int Rows, long CacheTokens, int StepTokens);
