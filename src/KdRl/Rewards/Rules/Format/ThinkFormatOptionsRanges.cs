using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="ThinkFormatOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ThinkFormatOptionsRanges : IValidateOptions<ThinkFormatOptions>;
