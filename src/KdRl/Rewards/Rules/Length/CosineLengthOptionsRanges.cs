using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="CosineLengthOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class CosineLengthOptionsRanges : IValidateOptions<CosineLengthOptions>;
