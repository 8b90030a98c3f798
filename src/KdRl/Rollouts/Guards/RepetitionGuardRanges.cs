using Microsoft.Extensions.Options;

namespace KdRl.Rollouts;

/// <summary>The ranges written at the options; generated.</summary>
[OptionsValidator]
internal sealed partial class RepetitionGuardRanges : IValidateOptions<RepetitionGuardOptions>;
