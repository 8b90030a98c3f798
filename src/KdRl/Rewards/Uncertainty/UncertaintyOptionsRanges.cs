using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="UncertaintyOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class UncertaintyOptionsRanges : IValidateOptions<UncertaintyOptions>;
