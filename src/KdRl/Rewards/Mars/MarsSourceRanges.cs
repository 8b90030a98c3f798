using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>The ranges written at the options; generated.</summary>
[OptionsValidator]
internal sealed partial class MarsSourceRanges : IValidateOptions<MarsSourceOptions>;
