using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="RepetitionOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class RepetitionOptionsRanges : IValidateOptions<RepetitionOptions>;
