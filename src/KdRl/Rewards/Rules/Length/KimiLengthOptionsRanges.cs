using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="KimiLengthOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class KimiLengthOptionsRanges : IValidateOptions<KimiLengthOptions>;
