using System.Text.Json.Nodes;

namespace KdRl.Rewards;

/// <summary>What a <see cref="MarsReward"/> leaves in a checkpoint.</summary>
/// <param name="Options">The options the run goes by; other ones would not go on as it began.</param>
/// <param name="PassRates">Pass rates by task.</param>
internal sealed record MarsState(JsonNode Options, IReadOnlyDictionary<string, double> PassRates);
