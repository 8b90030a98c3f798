using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="LanguageConsistencyOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class LanguageConsistencyOptionsRanges : IValidateOptions<LanguageConsistencyOptions>;
