using Microsoft.Extensions.Options;

namespace KdRl.Curriculum;

/// <summary>The ranges written at the options; generated.</summary>
[OptionsValidator]
internal sealed partial class ThinkingModeRanges : IValidateOptions<ThinkingModeOptions>;
