using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="RiskPenaltyOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class RiskPenaltyOptionsRanges : IValidateOptions<RiskPenaltyOptions>;
