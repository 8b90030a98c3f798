using Microsoft.Extensions.Options;

namespace KdRl.Rewards.Code;

/// <summary>The ranges written at the options; generated.</summary>
[OptionsValidator]
internal sealed partial class SandboxOptionsRanges : IValidateOptions<BubblewrapOptions>;
