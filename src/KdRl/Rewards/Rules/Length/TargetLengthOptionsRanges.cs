using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="TargetLengthOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TargetLengthOptionsRanges : IValidateOptions<TargetLengthOptions>;
