using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>What a function gets and has to return.</summary>
/// <param name="Args">Its arguments, each a JSON value.</param>
/// <param name="Result">The expected value, compared as <see cref="ValueComparer"/> says.</param>
public sealed record FunctionCase(IReadOnlyList<JsonElement> Args, JsonElement Result);
